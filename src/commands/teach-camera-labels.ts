import { nearWord } from '../artifact/problems.ts';
import { usageError } from '../errors.ts';
import type { ExampleListing } from '../examples/listing.ts';
import { DEFAULT_QUESTION } from '../words.ts';
import type { TeachOptions } from './teach-options.ts';

/** Body of a request that labels. */
export interface LabelsBody {
  readonly labels: readonly { readonly example: string; readonly question?: string; readonly label: string | null }[];
  readonly spans: readonly {
    readonly from: string;
    readonly to: string;
    readonly question?: string;
    readonly label: string | null;
  }[];
}

/** `EXAMPLE=CLASS` and `FROM/TO=CLASS` as a request; `null` where there are none. @throws WeirError `label-invalid` */
export function labelsOf(options: Pick<TeachOptions, 'label' | 'span' | 'question'>): LabelsBody | null {
  const { label = [], span = [], question = [] } = options;
  if (label.length + span.length === 0) return null;
  if (question.length > 1) {
    throw usageError('label-invalid', 'labels are of one question, and several are given', 'give --question once');
  }
  const asked = question[0] === undefined ? {} : { question: question[0] };
  return {
    labels: label.map((text) => {
      const [example, name] = split(text, '--label', 'EXAMPLE=CLASS, e.g. mwvjauoc=open');
      return { example, ...asked, label: name };
    }),
    spans: span.map((text) => {
      const shape = 'FROM/TO=CLASS, e.g. 14:00/14:10=closed';
      const [time, name] = split(text, '--span', shape);
      const [from, to, ...more] = time.split('/').map((part) => part.trim());
      if (!from || !to || more.length > 0) throw malformed(text, '--span', shape);
      return { from, to, ...asked, label: name };
    }),
  };
}

/** Fewer of a class beside one with nearly the same name may be slips of the pen. */
const FEW = 5;

/** Classes that were just named for the first times and nearly as others are, in words. */
export function slipsOf({ labels, spans }: LabelsBody, questions: ExampleListing['questions']): string[] {
  const said = new Map<string, { question: string; label: string }>();
  for (const { question = DEFAULT_QUESTION, label } of [...labels, ...spans])
    if (label !== null) said.set(`${question}\n${label}`, { question, label });
  return [...said.values()].flatMap(({ question, label }) => {
    const classes = questions.find(({ id }) => id === question)?.classes ?? [];
    const count = classes.find(({ name }) => name === label)?.examples ?? 0;
    if (count === 0 || count >= FEW) return [];
    const others = classes.filter(({ name, examples }) => name !== label && examples > count);
    const names = others.map(({ name }) => name);
    const near = nearWord(label, names);
    if (near === null) return [];
    const examples = count === 1 ? '1 example' : `${count} examples`;
    return [
      `class "${label}" has ${examples} (did you mean "${near}"?): label again what is wrong, or take it away with --label EXAMPLE=`,
    ];
  });
}

function split(text: string, option: string, shape: string): [string, string | null] {
  const at = text.indexOf('=');
  if (at < 1) throw malformed(text, option, shape);
  const name = text.slice(at + 1).trim();
  return [text.slice(0, at).trim(), name === '' ? null : name];
}

function malformed(text: string, option: string, shape: string): Error {
  return usageError('label-invalid', `${option}: "${text}" says of nothing what it shows`, `give ${shape}`);
}
