import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { WeirError } from '../errors.ts';
import type { FitInput, Progress } from './fit.ts';
import type { FitReport } from './fit-report.ts';
import type { FitMessage } from './fit-worker.ts';

/**
 * Fits a premodel in a thread of its own.
 *
 * @throws WeirError `train-hopeless`; `fit-crashed` if the thread dies; the reason of `stop` when that is aborted
 */
export async function fitInThread(input: FitInput, progress: Progress, stop?: AbortSignal): Promise<FitReport> {
  stop?.throwIfAborted();
  const script = createRequire(import.meta.url).resolve('#fit-worker');
  const worker = new Worker(script, { workerData: input, name: 'weir-fit' });
  const end = () => void worker.terminate();
  stop?.addEventListener('abort', end, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', (message: FitMessage) => {
        if (message.type === 'progress') progress(message.stage, message.done, message.total);
        else if (message.type === 'done') resolve(message.report);
        else reject(new WeirError(message.code, message.message, { remedy: message.remedy }));
      });
      worker.on('error', reject);
      worker.on('exit', (code) => {
        if (stop?.aborted) return reject(stop.reason);
        const remedy = 'if memory ran out, give fewer rungs with --rungs or fewer images';
        return reject(new WeirError('fit-crashed', `the fitting thread ended with code ${code}`, { remedy }));
      });
    });
  } finally {
    stop?.removeEventListener('abort', end);
    await worker.terminate();
  }
}
