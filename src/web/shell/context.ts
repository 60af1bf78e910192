import { createContext } from 'preact';
import { useContext, useEffect, useReducer } from 'preact/hooks';
import type { Session } from '../session.ts';

export const SessionContext = createContext<Session | null>(null);

/** What the whole page shares. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('a component is outside of the app');
  return session;
}

/** Draws a component anew, a few times a second at most, when one of these changes. */
export function useChanges(...keys: readonly string[]): void {
  const { drawing } = useSession();
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const joined = keys.join('\n');
  useEffect(() => {
    if (joined === '') return undefined;
    const ends = joined.split('\n').map((key) => drawing.on(key, () => redraw(undefined)));
    // What changed between drawing and listening is not missed.
    redraw(undefined);
    return () => {
      for (const end of ends) end();
    };
  }, [drawing, joined]);
}

/** Counts up every so often while the page is seen, so that what depends on the time is drawn anew. */
export function useTick(everyMs: number): void {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) redraw(undefined);
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}
