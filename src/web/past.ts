import { askSilences } from './silences.ts';
import { type Past, pastOf } from './store/past.ts';
import { STRIP_MS } from './store/strip.ts';
import type { Api, CameraMessage, EventMessage, LabelMessage } from './wire.ts';

interface LabelsAnswer<T> {
  readonly items: readonly T[];
  /** Where the next page begins; `null`: there is none. */
  readonly next: string | number | null;
}

const PAGE = 1_000;
/** Of very many changes only the newest are drawn. */
const MOST_PAGES = 5;
const LATELY_MS = 3_600_000;
const LATELY_MESSAGES = 300;

/** What held in the last minutes, where it is kept; nothing where it is not. */
export async function askPast(api: Api): Promise<Past[]> {
  const untilMs = Date.now();
  const fromMs = untilMs - STRIP_MS;
  const messages: (LabelMessage | CameraMessage)[] = [];
  let cursor: string | number | null = null;
  try {
    for (let page = 0; page < MOST_PAGES; page++) {
      const query = new URLSearchParams({
        every: 'change',
        types: 'label,camera',
        order: 'newest',
        from: String(fromMs),
        limit: String(PAGE),
        ...(cursor === null ? {} : { cursor: String(cursor) }),
      });
      const answer: LabelsAnswer<LabelMessage | CameraMessage> = await api.get(`/api/labels?${query}`);
      messages.push(...answer.items);
      cursor = answer.next;
      if (cursor === null) break;
    }
    return pastOf(messages, untilMs, await askSilences(api, messages, fromMs));
  } catch {
    // No history is kept: what is said from now on fills the strips.
    return pastOf(messages, untilMs);
  }
}

/** What came, left and changed its state in the last hour, newest first, where it is kept; nothing where it is not. */
export async function askLately(api: Api): Promise<readonly (EventMessage | CameraMessage)[]> {
  const query = new URLSearchParams({
    types: 'event,camera',
    order: 'newest',
    from: String(Date.now() - LATELY_MS),
    limit: String(LATELY_MESSAGES),
  });
  try {
    return (await api.get<LabelsAnswer<EventMessage | CameraMessage>>(`/api/labels?${query}`)).items;
  } catch {
    return []; // What is said from now on fills the list.
  }
}
