import { isatty } from 'node:tty';

/**
 * Aborted at the first TERM or INT. Taken before anything slow is loaded: from then on a signal means an orderly end. Further
 * signals change nothing: the end is bounded anyway, and a terminal's Ctrl-C reaches a child of npm twice.
 */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  process.on('SIGTERM', () => stop.abort());
  process.on('SIGINT', () => stop.abort());
  return stop.signal;
}

/** What SIGHUP asks for. */
export interface Hangups {
  /** Aborted when the terminal went away, or when there is nothing to reload. */
  readonly ended: AbortSignal;
  /** Calls back at every other one, at once if one came before. */
  listen(onReload: () => void): void;
  /** To be called when all is ended: where the terminal went away, the process dies of that now. */
  finish(): void;
}

/** Takes SIGHUP from here on: it means reloading, or the end where a terminal was closed or nothing could be reloaded. */
export function watchHangups(canReload: boolean): Hangups {
  const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));
  // A terminal that hung up is none any more.
  const hasLostTerminal = () => terminals.some((descriptor) => !isatty(descriptor));
  const end = new AbortController();
  let isPending = false;
  let reload: (() => void) | null = null;
  process.on('SIGHUP', () => {
    if (!canReload || hasLostTerminal()) end.abort();
    else if (reload === null) isPending = true;
    else reload();
  });
  return {
    ended: end.signal,
    listen: (onReload) => {
      reload = onReload;
      if (isPending) onReload();
      isPending = false;
    },
    finish: () => {
      if (!end.signal.aborted || !hasLostTerminal()) return;
      // Node would set the terminal right at its exit, and crash because there is none.
      process.removeAllListeners('SIGHUP');
      process.kill(process.pid, 'SIGHUP');
    },
  };
}

export function untilAborted(stop: AbortSignal): Promise<'stopped'> {
  return new Promise((resolve) => {
    if (stop.aborted) resolve('stopped');
    stop.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
}
