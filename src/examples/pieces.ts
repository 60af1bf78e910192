import { setImmediate as breathe } from 'node:timers/promises';

/** Work that can be put aside wherever it yields. */
export type Pieces<T> = Generator<void, T, void>;

/** Does work piece by piece; in between whatever else the process has to do gets its turn. */
export async function inPieces<T>(work: Pieces<T>): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    await breathe();
  }
}
