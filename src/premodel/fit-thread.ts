import type { ResourceLimits } from 'node:worker_threads';
import { WeirError } from '../errors.ts';
import type { Progress } from './fit.ts';
import type { FitInput } from './fit-input.ts';
import type { FitReport } from './fit-report.ts';
import { inThread } from './thread.ts';

/**
 * Fits a premodel in a thread of its own.
 *
 * @param limits of its memory; the process's own by default
 * @throws WeirError `train-hopeless`; `fit-crashed` if the thread dies; the reason of `stop` when that is aborted
 */
export async function fitInThread(
  input: FitInput,
  progress: Progress,
  stop?: AbortSignal,
  limits?: ResourceLimits,
): Promise<FitReport> {
  return await inThread<FitReport>({ script: '#fit-worker', name: 'weir-fit', input, progress, stop, limits, crashed });
}

function crashed(what: string, isMemory: boolean, cause: unknown): WeirError {
  const remedy = isMemory
    ? 'give fewer candidates with --rungs, or fewer images with --limit, or more memory with NODE_OPTIONS=--max-old-space-size=8192'
    : 'the same command goes on from the cached outcomes; if it happens again, try fewer candidates with --rungs or fewer images with --limit, and report it';
  return new WeirError('fit-crashed', `the fitting thread died: ${what}`, { remedy, cause });
}
