import { usageError } from '../errors.ts';
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

function split(text: string, option: string, shape: string): [string, string | null] {
  const at = text.indexOf('=');
  if (at < 1) throw malformed(text, option, shape);
  const name = text.slice(at + 1).trim();
  return [text.slice(0, at).trim(), name === '' ? null : name];
}

function malformed(text: string, option: string, shape: string): Error {
  return usageError('label-invalid', `${option}: "${text}" says of nothing what it shows`, `give ${shape}`);
}
