import type { CameraMessage, LabelMessage } from '../wire.ts';
import type { Stretch } from './strip.ts';

/** What held of one camera to one question before the page was opened, oldest first. */
export interface Past {
  readonly camera: string;
  readonly question: string;
  readonly stretches: readonly Stretch[];
}

/**
 * Stretches out of the labels with which the stable answer changed: each holds until the next, or until its camera was no longer live.
 *
 * @param messages in any order; those of objects are passed over
 * @param untilMs Unix time up to which the last ones hold
 * @param silences since when nothing was heard, by the number of the state that was told first again
 */
export function pastOf(
  messages: readonly (LabelMessage | CameraMessage)[],
  untilMs: number,
  silences: ReadonlyMap<number, number> = new Map(),
): Past[] {
  const found = new Map<string, Past & { readonly stretches: Stretch[] }>();
  const open = new Map<string, Map<string, Stretch>>();
  const stop = (camera: string, atMs: number, question?: string) => {
    for (const [asked, stretch] of open.get(camera) ?? []) {
      if (question !== undefined && asked !== question) continue;
      stretch.toMs = Math.max(stretch.fromMs, atMs);
      open.get(camera)?.delete(asked);
    }
  };
  for (const message of [...messages].sort((a, b) => a.seq - b.seq)) {
    if (message.type === 'camera') {
      if (message.state !== 'live') stop(message.camera, silences.get(message.seq) ?? message.atMs);
      continue;
    }
    const { camera, question, view, stable, arrivedAtMs: atMs } = message;
    if (view.track !== undefined) continue;
    stop(camera, atMs, question);
    if (stable === null) continue;
    const stretch: Stretch = { label: stable.label, fromMs: atMs, toMs: atMs };
    const key = `${camera} ${question}`;
    const past = found.get(key) ?? { camera, question, stretches: [] };
    past.stretches.push(stretch);
    found.set(key, past);
    open.set(camera, (open.get(camera) ?? new Map<string, Stretch>()).set(question, stretch));
  }
  for (const camera of open.keys()) stop(camera, untilMs);
  return [...found.values()];
}
