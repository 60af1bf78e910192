import { useEffect, useRef, useState } from 'preact/hooks';
import { problemOf } from '../api.ts';
import { askSilences, surprises } from '../silences.ts';
import { type Held, withMore } from './held.ts';
import { isLabel, type LabelsPage, type PageParts, type Problem } from './wire.ts';

const PAGE = 500;
/** So many pages come by themselves: what changes every few seconds fills an hour with some thousand messages. */
const PAGES = 6;
/** So many messages are held at least; what comes live pushes out the oldest. Pages that were asked for are held as well. */
const MOST = 1_000;

interface History extends Held {
  /** Unix times since when nothing was heard of the camera, each time that Weir was away. */
  readonly silentMs: readonly number[];
  readonly problem: Problem | null;
  readonly isLoaded: boolean;
  readonly more: () => void;
}

/** Pages of the history, newest first, with what comes meanwhile before them. */
export function useHistory(camera: string, { api, listen }: PageParts, rangeMs: number): History {
  const [held, setHeld] = useState<Held>({ messages: [], next: null });
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isLoaded, setLoaded] = useState(false);
  const turn = useRef(0);
  const most = useRef(MOST);
  const load = async (cursor: LabelsPage['next'], mine: number) => {
    const query = new URLSearchParams({
      camera,
      every: 'change',
      types: 'label,event,camera',
      order: 'newest',
      limit: String(PAGE),
      from: String(Date.now() - rangeMs),
    });
    if (cursor !== null) query.set('cursor', String(cursor));
    try {
      const { items, next } = await api.get<LabelsPage>(`/api/labels?${query}`);
      if (turn.current !== mine) return null;
      if (cursor !== null) most.current += PAGE;
      setHeld((before) => ({ ...withMore(before, items, Number.POSITIVE_INFINITY), next }));
      setProblem(null);
      setLoaded(true);
      return next;
    } catch (error) {
      if (turn.current === mine) setProblem(problemOf(error));
      return null;
    }
  };
  const begin = async (mine: number) => {
    let cursor = await load(null, mine);
    for (let page = 1; page < PAGES && cursor !== null; page++) cursor = await load(cursor, mine);
  };
  // It begins anew with another camera or range.
  useEffect(() => {
    const mine = ++turn.current;
    most.current = MOST;
    setHeld({ messages: [], next: null });
    setLoaded(false);
    void begin(mine);
    return listen(camera, (message) => {
      if (!isLabel(message) || message.changed) setHeld((before) => withMore(before, [message], most.current));
    });
  }, [camera, rangeMs, api, listen]);
  const silentMs = useSilences(held.messages, api, rangeMs);
  return { ...held, silentMs, problem, isLoaded, more: () => void load(held.next, turn.current) };
}

function useSilences(messages: Held['messages'], api: PageParts['api'], rangeMs: number): readonly number[] {
  const [silentMs, setSilentMs] = useState<readonly number[]>([]);
  const found = surprises(messages).map(({ seq }) => seq);
  useEffect(() => {
    const stop = new AbortController();
    askSilences(api, messages, Date.now() - rangeMs, stop.signal).then(
      (silences) => setSilentMs([...silences.values()]),
      () => {}, // The history's own problem is told.
    );
    return () => stop.abort();
  }, [found.join(), api, rangeMs]);
  return silentMs;
}
