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
