import { useEffect, useState } from 'preact/hooks';
import { type Condition, conditionOf, silence, withCondition } from './conditions.ts';
import { Recorder } from './record.ts';
import { type Camera, isLabel, type LabelMessage, type Message, type PageParts } from './wire.ts';

/** A question of one of so many regions at most. */
const MOST_QUESTIONS = 64;
/** After a longer silence what was missed is not told any more. */
const ABSENCE_MS = 60_000;

/** What this page saw of a camera since it was opened, whichever tab is shown. */
export class PageRecord {
  readonly openedMs = Date.now();
  readonly recorder = new Recorder();
  /** Oldest first; another list whenever there is more. */
  conditions: readonly Condition[] = [];
  /** The newest label about the whole view, by question: what it says is stable holds since before the page was opened. */
  readonly newest = new Map<string, LabelMessage>();
  /** How often nothing was heard for so long that something may have been missed. */
  absences = 0;
  #heardMs = Date.now();
  /** Unix time of the newest frame. */
  #labelMs: number | null = null;

  hear(message: Message): void {
    const nowMs = Date.now();
    if (nowMs - this.#heardMs > ABSENCE_MS) this.absences++;
    this.#heardMs = nowMs;
    this.recorder.add(message);
    if (message.type === 'camera') {
      const isSurprise = message.state === 'connecting' && this.conditions.at(-1)?.state === 'live';
      if (isSurprise && this.#labelMs !== null) this.add(silence(this.#labelMs));
      this.add(conditionOf(message, message.atMs, message.seq));
    }
    if (isLabel(message)) this.#labelMs = message.arrivedAtMs;
    if (!isLabel(message) || message.view.track !== undefined) return;
    if (this.newest.size < MOST_QUESTIONS || this.newest.has(message.question))
      this.newest.set(message.question, message);
  }

  add(condition: Condition): void {
    this.conditions = withCondition(this.conditions, condition);
  }
}

export function usePageRecord(camera: Camera | null, id: string, { listen }: PageParts): PageRecord {
  const [record] = useState(() => new PageRecord());
  useEffect(() => listen(id, (message) => record.hear(message)), [id, listen, record]);
  // As it is before the first message of it; later answers say what the messages said.
  useEffect(() => {
    if (camera !== null) record.add(conditionOf(camera, Date.now()));
  }, [camera, record]);
  return record;
}
