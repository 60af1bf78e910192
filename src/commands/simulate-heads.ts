import { usageError } from '../errors.ts';
import type { Heads } from '../heads/artifact.ts';
import type { Trace } from '../simulate/trace.ts';

/**
 * Heads of a region see a part of the picture, and a trace has what rungs say of the whole.
 *
 * @throws WeirError `heads-of-region`
 */
export function requireWholePicture({ camera }: Pick<Heads, 'camera'>, path: string): void {
  const [whose, region] = camera.split('/');
  if (region === undefined) return;
  throw usageError(
    'heads-of-region',
    `${path} was taught for the region ${region} of the camera ${whose}: it reads that part of the picture, and a trace has the whole`,
    'give heads that were taught for a whole camera, or leave out --heads',
  );
}

/** @throws WeirError `trace-other-embeddings` where heads read embeddings of another size than a trace has */
export function requireReadable({ questions }: Heads, { rungs }: Pick<Trace, 'rungs'>, what: string): void {
  for (const { id, embeddingSize } of rungs) {
    const wanted = questions.flatMap(({ heads }) => heads[id]?.dimensions ?? []).find((size) => size !== embeddingSize);
    if (wanted === undefined || embeddingSize === 0) continue;
    throw usageError(
      'trace-other-embeddings',
      `${what} has embeddings of ${embeddingSize} values of ${id}, and what was taught reads ${wanted}`,
      'record it anew: weir simulate --record F --footage CLIP --heads F',
    );
  }
}

/** Where a trace is not known to show what was taught; `null`: it is. @param what names the trace */
export function strangerNotice(
  { camera }: Pick<Heads, 'camera'>,
  { taughtCamera, clip }: Pick<Trace, 'taughtCamera' | 'clip'>,
  what: string,
): string | null {
  const clipsOwn = `what is told of it means something only if ${clip} shows what ${camera} sees`;
  if (taughtCamera === undefined)
    return `the heads were taught for the camera ${camera}, and ${what} was recorded without heads: ${clipsOwn}`;
  if (taughtCamera === camera) return null;
  return `the heads were taught for the camera ${camera}, and ${what} was recorded for ${taughtCamera}: ${clipsOwn}`;
}
