import { randomUUID } from 'node:crypto';

/** What a rule found. Times with `At` are Unix times in milliseconds. */
export interface Finding {
  readonly rule: string;
  readonly camera: string;
  /** `null` where it is about the camera itself. */
  readonly question: string | null;
  /** The label that the rule waits for; of a camera its state. */
  readonly label: string;
  /** Of the frame with which the rule came true; `null` where there is none. */
  readonly confidence: number | null;
  readonly track: number | null;
  /** Arrival of what the rule came true with. */
  readonly atMs: number;
  /** Since when it holds. */
  readonly sinceMs: number;
  readonly stream: number | null;
  readonly ptsSeconds: number | null;
  /** The message that it came true with. */
  readonly epoch: string;
  readonly seq: number;
  /** One sentence for a person. */
  readonly text: string;
}

/** An alert as receivers know it; by its id they know one that comes again. */
export interface Alert extends Finding {
  readonly schema: 'weir.alert/1';
  readonly id: string;
  /** Sent by hand, to see whether it arrives. */
  readonly isTest: boolean;
}

/** No alert is older: a clock that says so was not set yet. */
export const EARLIEST_MS = Date.UTC(2025, 0, 1);

/** What a target is handed; `snapshot` is a JPEG. */
export interface Delivery {
  readonly alert: Alert;
  readonly snapshot: Uint8Array | null;
}

/** An alert by hand. */
export function testAlert(camera: string, { epoch, last }: { epoch: string; last: number }, unixMs: number): Alert {
  return {
    ...{ schema: 'weir.alert/1', id: randomUUID(), isTest: true, rule: 'test', camera, question: null, label: 'test' },
    ...{
      confidence: null,
      track: null,
      atMs: unixMs,
      sinceMs: unixMs,
      stream: null,
      ptsSeconds: null,
      epoch,
      seq: last,
    },
    text: `test: an alert by hand, with the picture of ${camera}`,
  };
}
