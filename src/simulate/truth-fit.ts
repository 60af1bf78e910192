import { DEFAULT_QUESTION } from '../words.ts';
import type { Trace, TraceFrame } from './trace.ts';

/** By question that is asked: the names of its answers. */
type AskedAnswers = ReadonlyMap<string, readonly string[]>;

export interface TruthFit {
  /** With the truth that can be scored: a frame of which no answer could be right is not. */
  readonly trace: Trace;
  /** Labels of the truth that no asked question has, each once, sorted. */
  readonly unknown: readonly string[];
  /** Questions of the truth that are not asked. */
  readonly unasked: readonly string[];
}

/** Holds a trace's truth against what will be asked: where that is one question, it is the one that a truth means that names none. */
export function fitTruth(trace: Trace, asked: AskedAnswers): TruthFit {
  const known = new Map([...asked].map(([question, names]) => [question, new Set(names)]));
  const unknown = new Set<string>();
  const unasked = new Set<string>();
  const [only] = asked.size === 1 ? asked.keys() : [];
  const meant = (question: string) => (question === DEFAULT_QUESTION && only !== undefined ? only : question);
  const scorable = ({ seconds, truth }: TraceFrame): TraceFrame => {
    const kept = Object.entries(truth)
      .map(([question, labels]) => [meant(question), labels] as const)
      .filter(([question, labels]) => {
        const names = known.get(question);
        if (names === undefined) {
          unasked.add(question);
          return false;
        }
        for (const label of labels) if (!names.has(label)) unknown.add(label);
        return labels.some((label) => names.has(label));
      });
    return { seconds, truth: Object.fromEntries(kept) };
  };
  const frames = trace.frames.map(scorable);
  return { trace: { ...trace, frames }, unknown: [...unknown].sort(), unasked: [...unasked].sort() };
}
