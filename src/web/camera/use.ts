import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { problemOf } from '../api.ts';
import type { Api, Problem } from './wire.ts';

/** Something asked of the daemon again and again. */
export interface Asked<T> {
  /** The last answer; it stays when a later request fails. */
  readonly value: T | null;
  readonly problem: Problem | null;
  readonly again: () => void;
}

/** Asks for a path at once and then every so often; while the page is hidden it rests. @param everyMs `null`: once */
export function useAsked<T>(api: Api, path: string | null, everyMs: number | null): Asked<T> {
  const [state, setState] = useState<{ path: string | null; value: T | null; problem: Problem | null }>({
    path,
    value: null,
    problem: null,
  });
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  useEffect(() => {
    if (path === null) return undefined;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      try {
        const value = await api.get<T>(path, stop.signal);
        if (!stop.signal.aborted) setState({ path, value, problem: null });
      } catch (error) {
        if (stop.signal.aborted) return;
        setState((before) => ({ path, value: before.path === path ? before.value : null, problem: problemOf(error) }));
      }
      if (!stop.signal.aborted && everyMs !== null) timer = setTimeout(next, everyMs);
    };
    const next = () => {
      if (document.hidden) document.addEventListener('visibilitychange', next, { once: true });
      else void ask();
    };
    void ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', next);
    };
  }, [api, path, everyMs, turn]);
  return { value: state.path === path ? state.value : null, problem: state.problem, again };
}

/** Whether the token in use may only read. The daemon tells it of a request that changes nothing, before somebody tries in vain. */
export function useIsReader(api: Api, camera: string | null): boolean {
  const path = camera === null ? null : `/api/cameras/${encodeURIComponent(camera)}/examples?limit=1`;
  return useAsked(api, path, null).problem?.status === 403;
}

/** A picture behind the token: its address within the page, or `null`. It asks anew when the key changes. */
export function usePicture(
  api: Api,
  path: string | null,
  key: number | string,
): { readonly url: string | null; readonly problem: Problem | null } {
  const [shown, setShown] = useState<{ url: string | null; problem: Problem | null }>({ url: null, problem: null });
  const last = useRef<string | null>(null);
  useEffect(() => {
    if (path === null) return undefined;
    const stop = new AbortController();
    api.blob(path, stop.signal).then(
      (blob) => {
        if (stop.signal.aborted) return;
        const url = URL.createObjectURL(blob);
        const before = last.current;
        last.current = url;
        setShown({ url, problem: null });
        if (before !== null) URL.revokeObjectURL(before);
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setShown(({ url }) => ({ url, problem: problemOf(error) }));
      },
    );
    return () => stop.abort();
  }, [api, path, key]);
  useEffect(
    () => () => {
      if (last.current !== null) URL.revokeObjectURL(last.current);
    },
    [],
  );
  return shown;
}

/** Counts up every so often, so that what depends on the time is drawn anew. */
export function useTick(everyMs: number): number {
  const [tick, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) setTick((before) => before + 1);
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return tick;
}
