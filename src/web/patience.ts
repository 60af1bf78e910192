import type { Problem } from './wire.ts';

/** Where many pages ask for the history at once, as after a restart, it is asked again in a moment. */
const MOST_TRIES = 3;
const MOST_WAIT_SECONDS = 5;

/**
 * Asks again while the history is busy, when the daemon says.
 *
 * @throws what `ask` throws, at the last try; the reason of `signal`
 */
export async function whileBusy<T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      const { code, retryAfterSeconds: seconds } = error as Partial<Problem>;
      const isBusy = code === 'history-busy' && seconds !== undefined && seconds <= MOST_WAIT_SECONDS;
      if (!isBusy || tries === MOST_TRIES) throw error;
      await passed(seconds * 1_000, signal);
    }
  }
}

async function passed(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
  signal?.throwIfAborted();
}
