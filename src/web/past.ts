import { type Past, pastOf } from './store/past.ts';
import { STRIP_MS } from './store/strip.ts';
import type { Api, CameraMessage, LabelMessage } from './wire.ts';

interface LabelsAnswer {
  readonly items: readonly (LabelMessage | CameraMessage)[];
  /** Where the next page begins; `null`: there is none. */
  readonly next: string | number | null;
}

const PAGE = 1_000;
/** Of very many changes only the newest are drawn. */
const MOST_PAGES = 5;

/** What held in the last minutes, where it is kept; nothing where it is not. */
export async function askPast(api: Api): Promise<Past[]> {
  const untilMs = Date.now();
  const messages: (LabelMessage | CameraMessage)[] = [];
  let cursor: string | number | null = null;
  try {
    for (let page = 0; page < MOST_PAGES; page++) {
      const query = new URLSearchParams({
        every: 'change',
        types: 'label,camera',
        order: 'newest',
        from: String(untilMs - STRIP_MS),
        limit: String(PAGE),
        ...(cursor === null ? {} : { cursor: String(cursor) }),
      });
      const answer: LabelsAnswer = await api.get<LabelsAnswer>(`/api/labels?${query}`);
      messages.push(...answer.items);
      cursor = answer.next;
      if (cursor === null) break;
    }
  } catch {
    // No history is kept: what is said from now on fills the strips.
  }
  return pastOf(messages, untilMs);
}
