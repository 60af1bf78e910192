/** Waits for work or until it is to be broken off, whichever is first; whether the work fails is not told. */
export async function unlessStopped(work: Promise<unknown>, stop: AbortSignal): Promise<void> {
  if (stop.aborted) return;
  let give: () => void = () => {};
  const stopped = new Promise<void>((resolve) => {
    give = resolve;
    stop.addEventListener('abort', give, { once: true });
  });
  await Promise.race([work.catch(() => {}), stopped]).finally(() => stop.removeEventListener('abort', give));
}
