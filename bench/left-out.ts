import { messageOf, WeirError } from '../src/errors.ts';
import type { BenchRow } from './report.ts';

/** What has no figures, and why. */
export interface LeftOut {
  /** A clip, or a question of it as `CLIP#ID`. */
  readonly case: string;
  readonly variant: string;
  readonly reason: string;
}

/** Errors that lie in a clip or its truth file. All others are Weir's or the machine's: figures without them would look better than it is. */
const OF_A_CLIP =
  /^(truth-.+|footage-.+|bench-clip|teach-(no-examples|few-classes|many-classes|class-name|same-frames))$/;

/** Does something with each clip in turn; a clip with which it cannot be done is left out. @throws what no clip is to blame for */
export async function eachClip<C extends { readonly name: string }, R>(
  clips: readonly C[],
  variant: string,
  work: (clip: C) => Promise<R>,
): Promise<{
  readonly results: readonly R[];
  readonly leftOut: readonly LeftOut[];
  readonly errors: readonly WeirError[];
}> {
  const results: R[] = [];
  const leftOut: LeftOut[] = [];
  const errors: WeirError[] = [];
  for (const clip of clips) {
    try {
      results.push(await work(clip));
    } catch (error) {
      if (!(error instanceof WeirError && OF_A_CLIP.test(error.code))) throw error;
      errors.push(error);
      leftOut.push({ case: clip.name, variant, reason: messageOf(error) });
      process.stderr.write(`${clip.name} is left out: ${messageOf(error)}\n`);
    }
  }
  return { results, leftOut, errors };
}

/** A row for all that has no figures: who reads them sees what they are not of. */
export function leftOutRows(leftOut: readonly LeftOut[]): BenchRow[] {
  return leftOut.map((what) => ({ ...what, figure: 'leftOut', value: 1, unit: '', n: 0 }));
}
