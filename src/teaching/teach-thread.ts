import { WeirError } from '../errors.ts';
import type { Progress } from '../premodel/fit.ts';
import { inThread } from '../premodel/thread.ts';
import type { TeachInput } from './input.ts';
import type { Teaching } from './report.ts';

/**
 * Teaches in a thread of its own.
 *
 * @param isBackground whether it takes only processor time that nobody else wants
 * @throws WeirError `teach-…` of `teach`; `teach-crashed` if the thread dies; the reason of `stop` when that is aborted
 */
export async function teachInThread(
  input: TeachInput,
  progress: Progress,
  stop?: AbortSignal,
  isBackground = false,
): Promise<Teaching> {
  const script = '#teach-worker';
  return await inThread<Teaching>({ script, name: 'weir-teach', input, progress, stop, isBackground, crashed });
}

function crashed(what: string, isMemory: boolean, cause: unknown): WeirError {
  const remedy = isMemory
    ? 'give fewer candidates with --rungs, or fewer frames with a lower --fps, or more memory with NODE_OPTIONS=--max-old-space-size=8192'
    : 'the same command goes on from the cached embeddings; if it happens again, try fewer candidates with --rungs, and report it';
  return new WeirError('teach-crashed', `the teaching thread died: ${what}`, { remedy, cause });
}
