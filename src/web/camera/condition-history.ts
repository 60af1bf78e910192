import { useEffect, useState } from 'preact/hooks';
import { problemOf } from '../api.ts';
import { askSilences } from '../silences.ts';
import type { CameraMessage } from '../wire.ts';
import { type Condition, conditionsOf } from './conditions.ts';
import type { LabelsPage, PageParts, Problem } from './wire.ts';

const PAGE = 500;
/** Of a camera that changes without end the newest are shown. */
const MOST_PAGES = 4;

export interface Kept {
  /** `null` while they are asked for, and where they are not kept. */
  readonly conditions: readonly Condition[] | null;
  /** Unix time from which on all of them are known. */
  readonly knownFromMs: number;
  readonly problem: Problem | null;
}

/** How a camera was in the time up to now, from the history. @param again asked anew when it is another */
export function useKeptConditions(camera: string, { api }: PageParts, rangeMs: number, again: number): Kept {
  const [kept, setKept] = useState<Kept>({ conditions: null, knownFromMs: 0, problem: null });
  useEffect(() => {
    const stop = new AbortController();
    const fromMs = Date.now() - rangeMs;
    const ask = async () => {
      const messages: CameraMessage[] = [];
      let cursor: LabelsPage['next'] = null;
      for (let page = 0; page < MOST_PAGES; page++) {
        const query = new URLSearchParams({
          camera,
          types: 'camera',
          order: 'newest',
          from: String(fromMs),
          limit: String(PAGE),
          ...(cursor === null ? {} : { cursor: String(cursor) }),
        });
        const answer: LabelsPage = await api.get<LabelsPage>(`/api/labels?${query}`, stop.signal);
        messages.push(...answer.items.filter((message) => message.type === 'camera'));
        cursor = answer.next;
        if (cursor === null) break;
      }
      const conditions = conditionsOf(messages, await askSilences(api, messages, fromMs, stop.signal));
      const knownFromMs = cursor === null ? fromMs : (conditions[0]?.fromMs ?? fromMs);
      setKept({ conditions, knownFromMs, problem: null });
    };
    ask().catch((error: unknown) => {
      if (!stop.signal.aborted) setKept((before) => ({ ...before, problem: problemOf(error) }));
    });
    return () => stop.abort();
  }, [camera, api, rangeMs, again]);
  return kept;
}
