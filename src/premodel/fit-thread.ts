import { createRequire } from 'node:module';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { messageOf, WeirError } from '../errors.ts';
import type { Progress } from './fit.ts';
import type { FitInput } from './fit-input.ts';
import type { FitReport } from './fit-report.ts';
import type { FitMessage } from './fit-worker.ts';

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
  stop?.throwIfAborted();
  const script = createRequire(import.meta.url).resolve('#fit-worker');
  const worker = new Worker(script, { workerData: input, name: 'weir-fit', ...(limits && { resourceLimits: limits }) });
  const end = () => void worker.terminate();
  stop?.addEventListener('abort', end, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', (message: FitMessage) => {
        if (message.type === 'progress') progress(message.stage, message.done, message.total);
        else if (message.type === 'done') resolve(message.report);
        else reject(new WeirError(message.code, message.message, { remedy: message.remedy }));
      });
      worker.on('error', (error) => reject(crash(messageOf(error), error)));
      worker.on('exit', (code) => reject(stop?.aborted ? stop.reason : crash(`it ended with code ${code}`, null)));
    });
  } finally {
    stop?.removeEventListener('abort', end);
    await worker.terminate();
  }
}

function crash(what: string, cause: unknown): WeirError {
  const isMemory = cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
  const remedy = isMemory
    ? 'give fewer candidates with --rungs, or fewer images with --limit, or more memory with NODE_OPTIONS=--max-old-space-size=8192'
    : 'the same command goes on from the cached outcomes; if it happens again, try fewer candidates with --rungs or fewer images with --limit, and report it';
  return new WeirError('fit-crashed', `the fitting thread died: ${what}`, { remedy, cause });
}
