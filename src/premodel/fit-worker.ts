import { parentPort, workerData } from 'node:worker_threads';
import { messageOf, WeirError } from '../errors.ts';
import type { FitInput } from './fit-input.ts';
import { type FitReport, fitWithReport } from './fit-report.ts';

/** What the thread says. */
export type FitMessage =
  | { readonly type: 'progress'; readonly stage: string; readonly done: number; readonly total: number }
  | { readonly type: 'done'; readonly report: FitReport }
  | { readonly type: 'failed'; readonly code: string; readonly message: string; readonly remedy: string };

/** The body of the thread that fits: minutes of arithmetic, which the main thread must not do. */
function main(): void {
  const port = parentPort;
  if (port === null) throw new Error('this file is the body of a worker thread');
  const post = (message: FitMessage) => port.postMessage(message);
  try {
    const report = fitWithReport(workerData as FitInput, (stage, done, total) =>
      post({ type: 'progress', stage, done, total }),
    );
    post({ type: 'done', report });
  } catch (error) {
    if (!(error instanceof WeirError)) throw error;
    post({ type: 'failed', code: error.code, message: messageOf(error), remedy: error.remedy });
  }
}

main();
