import type { GroupedQuestion } from '../groups/groups.ts';
import type { AskedQuestion } from '../pipeline/question.ts';

/** The same question with groups of labels as its answers: their reader applies the temperatures. */
export function inGroups(question: AskedQuestion, { classes, reader }: GroupedQuestion): AskedQuestion {
  const { policy } = question;
  const temperatures = policy.rungs.map(({ temperature }) => temperature);
  const rungs = policy.rungs.map((rung) => ({ ...rung, temperature: 1 }));
  return { ...question, classes, policy: { ...policy, rungs }, reader: () => reader(temperatures) };
}
