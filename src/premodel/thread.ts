import { createRequire } from 'node:module';
import { parentPort, type ResourceLimits, Worker, workerData } from 'node:worker_threads';
import { yieldToOthers } from '../background.ts';
import { messageOf, WeirError } from '../errors.ts';
import type { Progress } from './fit.ts';

const BACKGROUND = '--background';

/** What a thread that fits says. */
type ThreadMessage<R> =
  | { readonly type: 'progress'; readonly stage: string; readonly done: number; readonly total: number }
  | { readonly type: 'done'; readonly result: R }
  | {
      readonly type: 'failed';
      readonly code: string;
      readonly message: string;
      readonly remedy: string;
      readonly exitCode: 1 | 2;
    };

export interface ThreadedWork {
  /** Key of package.json's `imports` that names the body. */
  readonly script: `#${string}`;
  readonly name: string;
  /** Plain data; what lies in shared memory is not copied. */
  readonly input: object;
  readonly progress: Progress;
  readonly stop?: AbortSignal | undefined;
  /** Of its memory; the process's own by default. */
  readonly limits?: ResourceLimits | undefined;
  /** Takes only processor time that nobody else wants. */
  readonly isBackground?: boolean | undefined;
  /** What is said where the thread dies. @param isMemory whether it ran out of it */
  readonly crashed: (what: string, isMemory: boolean, cause: unknown) => WeirError;
}

/**
 * Has arithmetic done in a thread of its own.
 *
 * @throws WeirError those of the work, `crashed` if the thread dies; the reason of `stop` when that is aborted
 */
export async function inThread<R>(work: ThreadedWork): Promise<R> {
  const { stop, limits, progress } = work;
  stop?.throwIfAborted();
  const script = createRequire(import.meta.url).resolve(work.script);
  const worker = new Worker(script, {
    workerData: work.input,
    name: work.name,
    argv: work.isBackground ? [BACKGROUND] : [],
    ...(limits && { resourceLimits: limits }),
  });
  const end = () => void worker.terminate();
  stop?.addEventListener('abort', end, { once: true });
  const crash = (what: string, cause: unknown) => work.crashed(what, isOutOfMemory(cause), cause);
  try {
    return await new Promise<R>((resolve, reject) => {
      worker.on('message', (message: ThreadMessage<R>) => {
        if (message.type === 'progress') progress(message.stage, message.done, message.total);
        else if (message.type === 'done') resolve(message.result);
        else
          reject(new WeirError(message.code, message.message, { remedy: message.remedy, exitCode: message.exitCode }));
      });
      worker.on('error', (error) => reject(crash(messageOf(error), error)));
      worker.on('exit', (code) => reject(stop?.aborted ? stop.reason : crash(`it ended with code ${code}`, null)));
    });
  } finally {
    stop?.removeEventListener('abort', end);
    await worker.terminate();
  }
}

/** The body of such a thread: minutes of arithmetic, which the main thread must not do. */
export function threadBody<I, R>(work: (input: I, progress: Progress) => R): void {
  const port = parentPort;
  if (port === null) throw new Error('this file is the body of a worker thread');
  if (process.argv.includes(BACKGROUND)) yieldToOthers();
  const post = (message: ThreadMessage<R>) => port.postMessage(message);
  try {
    const result = work(workerData as I, (stage, done, total) => post({ type: 'progress', stage, done, total }));
    post({ type: 'done', result });
  } catch (error) {
    if (!(error instanceof WeirError)) throw error;
    const { code, message, remedy, exitCode } = error;
    post({ type: 'failed', code, message, remedy, exitCode });
  }
}

function isOutOfMemory(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
