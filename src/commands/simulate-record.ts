import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { leadOf } from '../dataset/footage.ts';
import { readTruth, type TruthQuestion, truthAt } from '../dataset/truth.ts';
import { findFfmpeg } from '../decode/ffmpeg.ts';
import { sourceKind } from '../decode/kind.ts';
import { probeFile } from '../decode/probe.ts';
import { openDevice } from '../device/open.ts';
import { workingSizeFor } from '../image/working-size.ts';
import { checkModels } from '../infer/ladder.ts';
import { InferencePool } from '../infer/pool.ts';
import type { SessionSettings } from '../infer/runtime.ts';
import type { Progress } from '../premodel/fit.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import { recordTrace } from '../simulate/record.ts';
import type { Trace, TraceFrame } from '../simulate/trace.ts';
import type { EnginePlan } from './engine-plan.ts';
import { type FootageSpec, parseFootages } from './footage-source.ts';
import { framesOf, type Pictures } from './simulate-frames.ts';

const DEMO = join(dirname(createRequire(import.meta.url).resolve('#package')), 'fixtures', 'demo');
/** Frames lie in memory while they are run: at 300 by 300 pixels, so many take 160 MB. */
const MOST_FRAMES = 600;

interface RecordSettings {
  /** `ID=URL` or `URL`; without it the demonstration clip with its truth. */
  readonly footage: string | null;
  readonly truth: string | null;
  readonly fps: number;
  readonly slots: number;
  readonly session: SessionSettings;
  /** The camera whose heads will read the embeddings; `null`: none are kept. */
  readonly taughtCamera: string | null;
  /** Told when the frames come, before any rung runs; throws where they are not what is to be played. */
  readonly requirePlayable: (seconds: readonly number[], what: string) => void;
  /** Told what a person is to know of the recording. */
  readonly notify: (notice: string) => void;
  readonly progress: Progress;
  readonly stop: AbortSignal;
}

/**
 * Plays a clip through every rung that is planned for, and the reference.
 *
 * @throws WeirError of the clip, its truth, the models or the runtime; the reason of `stop` when that is aborted
 */
export async function record(plan: EnginePlan, settings: RecordSettings): Promise<Trace> {
  const { ladder, premodel, subset } = plan;
  const { footage, progress, stop, slots, taughtCamera } = settings;
  const { id: name, source } = footage === null ? { id: 'demo', source: `${DEMO}.mp4` } : named(footage);
  const truthPath = settings.truth ?? (footage === null && existsSync(`${DEMO}.json`) ? `${DEMO}.json` : null);
  const truth = truthPath === null ? [] : await readTruth(truthPath);
  const wanted = [...subset, ...plan.rungs.map(({ id }) => id), ladder.reference];
  const rungs = ladder.rungs.filter(({ id }) => wanted.includes(id));
  await checkModels(rungs);
  const working = workingSizeFor(ladder.rungs);
  const device = await openDevice({ clock: SYSTEM_CLOCK });
  let pool: InferencePool | undefined;
  try {
    const taken = await framesOf(source, { ...settings, working, most: MOST_FRAMES });
    const { pictures, seconds, arrivalMs } = taken;
    settings.requirePlayable(seconds, name);
    for (const notice of await noticesOf(taken, { name, source, stop })) settings.notify(notice);
    progress('loading models', 0, 1);
    pool = await InferencePool.start({
      rungs,
      slots,
      settings: settings.session,
      clock: SYSTEM_CLOCK,
      classes: ladder.labels.length,
    });
    return await recordTrace({
      pool,
      about: {
        ladder: { name: ladder.name, fingerprint: ladder.fingerprint },
        reference: ladder.reference,
        clip: name,
        device: device.name,
        ...(taughtCamera === null ? {} : { taughtCamera }),
      },
      pictures,
      frames: seconds.map((time) => frameOf(time, truth)),
      arrivalMs,
      features: premodel?.features ?? [],
      embeddings: taughtCamera !== null,
      onProgress: (done, total) => progress('running every rung on every frame', done, total),
      stop,
    });
  } finally {
    device.stop();
    await pool?.stop();
  }
}

function frameOf(seconds: number, questions: readonly TruthQuestion[]): TraceFrame {
  const known = questions.flatMap((question): [string, string[]][] => {
    const at = truthAt(question, seconds);
    return at.kind === 'label' ? [[question.id, [at.label, ...at.also]]] : [];
  });
  return { seconds, truth: Object.fromEntries(known) };
}

/** A clip without an id is named after its file. */
function named(footage: string): FootageSpec {
  const [spec] = parseFootages([footage]);
  if (spec === undefined) throw new RangeError('footage is named');
  return spec;
}

/** What is to be known of a clip's frames, as teaching tells it. */
async function noticesOf(
  { seconds, firstSeconds, failure, otherSize, isCut }: Pictures,
  { name, source, stop }: { readonly name: string; readonly source: string; readonly stop: AbortSignal },
): Promise<string[]> {
  const count = seconds.length;
  const until = Math.floor(seconds.at(-1) ?? 0);
  const facts = sourceKind(source) === 'file' ? await probeFile(await findFfmpeg(null, stop), source) : null;
  const lead = leadOf(firstSeconds, facts?.startSeconds ?? null);
  return [
    ...(lead > 0
      ? [`${name}: its first ${lead.toFixed(2)} s cannot be decoded; times count from the first picture`]
      : []),
    ...(failure === '' ? [] : [`${name} broke off after ${count} frames: ${failure}; what came before is used`]),
    ...(otherSize > 0 ? [`${name}: ${otherSize} frames of another size than the first are left out`] : []),
    ...(isCut
      ? [`of ${name} only the first ${until} s are recorded, ${count} frames: what comes behind them is not simulated`]
      : []),
  ];
}
