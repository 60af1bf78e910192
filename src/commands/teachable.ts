import type { ExampleQuestion, Examples } from '../dataset/examples.ts';
import { WeirError } from '../errors.ts';
import { LEAST_OF_A_CLASS } from '../examples/lesson.ts';
import { checkQuestion } from '../teaching/check.ts';

/** A question that is not taught, and why. */
export interface Untaught {
  readonly id: string;
  readonly reason: WeirError;
}

/**
 * Examples with the questions that can be taught: one that cannot does not hold up the others, and is told.
 *
 * @throws WeirError of the first question, where none can be taught
 */
export function teachable(examples: Examples): { readonly examples: Examples; readonly untaught: readonly Untaught[] } {
  const frames = {
    keys: examples.samples.map(({ key }) => key),
    names: examples.samples.map(({ name }) => name),
  };
  const untaught: Untaught[] = [];
  const questions = examples.questions.filter((question) => {
    try {
      checkQuestion(question, frames);
      return true;
    } catch (error) {
      if (!(error instanceof WeirError)) throw error;
      untaught.push({ id: question.id, reason: error });
      return false;
    }
  });
  const [first] = untaught;
  if (questions.length === 0 && first !== undefined) throw first.reason;
  const left = untaught.map(
    ({ id, reason }) => `question "${id}" is left out, the others are taught: ${reason.message}; ${reason.remedy}`,
  );
  const notices = [...examples.notices, ...left, ...questions.flatMap(fewOf)];
  return { examples: { ...examples, questions, notices }, untaught };
}

function fewOf({ id, classes, truth }: ExampleQuestion): string[] {
  const counts = classes.map(({ name }, k) => ({ name, count: truth.filter((label) => label === k).length }));
  const few = counts
    .filter(({ count }) => count > 1 && count < LEAST_OF_A_CLASS)
    .map(({ name, count }) => `"${name}" ${count}`);
  if (few.length === 0) return [];
  return [
    `question "${id}": fewer than ${LEAST_OF_A_CLASS} examples of a class say little of how well it is told: ${few.join(', ')}`,
  ];
}
