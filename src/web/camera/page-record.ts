import { useEffect, useState } from 'preact/hooks';
import { Conditions } from './conditions.ts';
import { Recorder } from './record.ts';
import { type Camera, isLabel, type LabelMessage, type PageParts } from './wire.ts';

/** A question of one of so many regions at most. */
const MOST_QUESTIONS = 64;

/** What this page saw of a camera since it was opened, whichever tab is shown. */
export class PageRecord {
  readonly openedMs = Date.now();
  readonly recorder = new Recorder();
  readonly conditions = new Conditions();
  /** The newest label about the whole view, by question: what it says is stable holds since before the page was opened. */
  readonly newest = new Map<string, LabelMessage>();
}

export function usePageRecord(camera: Camera | null, id: string, { listen }: PageParts): PageRecord {
  const [record] = useState(() => new PageRecord());
  useEffect(
    () =>
      listen(id, (message) => {
        record.recorder.add(message);
        if (message.type === 'camera') record.conditions.add(message, Date.now());
        if (!isLabel(message) || message.view.track !== undefined) return;
        if (record.newest.size < MOST_QUESTIONS || record.newest.has(message.question))
          record.newest.set(message.question, message);
      }),
    [id, listen, record],
  );
  // As it is before the first message of it; later answers say what the messages said.
  useEffect(() => {
    if (camera !== null) record.conditions.add(camera, Date.now());
  }, [camera, record]);
  return record;
}
