import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readTruth, type TruthQuestion, truthAt } from '../dataset/truth.ts';
import { findFfmpeg } from '../decode/ffmpeg.ts';
import { openDevice } from '../device/open.ts';
import { WeirError } from '../errors.ts';
import { workingSizeFor } from '../image/working-size.ts';
import { checkModels } from '../infer/ladder.ts';
import { InferencePool } from '../infer/pool.ts';
import type { SessionSettings } from '../infer/runtime.ts';
import type { Progress } from '../premodel/fit.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import { recordTrace } from '../simulate/record.ts';
import type { Trace, TraceFrame } from '../simulate/trace.ts';
import type { Raster, WorkingSize } from '../types.ts';
import type { EnginePlan } from './engine-plan.ts';
import { footageOpener, parseFootage } from './footage-source.ts';

const DEMO = join(dirname(createRequire(import.meta.url).resolve('#package')), 'fixtures', 'demo');
/** Frames lie in memory while they are run: at 300 by 300 pixels, so many take 160 MB. */
const MOST_FRAMES = 600;
/** With the first frames much happens for the first time. */
const WARM_UP_FRAMES = 20;

export interface RecordSettings {
  /** `ID=URL` or `URL`; without it the demonstration clip with its truth. */
  readonly footage: string | null;
  readonly truth: string | null;
  readonly fps: number;
  readonly slots: number;
  readonly session: SessionSettings;
  readonly embeddings: boolean;
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
  const { footage, progress, stop, slots } = settings;
  const { id: name, source } = footage === null ? { id: 'demo', source: `${DEMO}.mp4` } : parseFootage(footage, 0);
  const truthPath = settings.truth ?? (footage === null && existsSync(`${DEMO}.json`) ? `${DEMO}.json` : null);
  const truth = truthPath === null ? [] : await readTruth(truthPath);
  const wanted = [...subset, ...plan.rungs.map(({ id }) => id), ladder.reference];
  const rungs = ladder.rungs.filter(({ id }) => wanted.includes(id));
  await checkModels(rungs);
  const working = workingSizeFor(ladder.rungs);
  const device = await openDevice({ clock: SYSTEM_CLOCK });
  let pool: InferencePool | undefined;
  try {
    const { pictures, seconds, arrivalMs } = await framesOf(source, { ...settings, working });
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
      },
      pictures,
      frames: seconds.map((time) => frameOf(time, truth)),
      arrivalMs,
      features: premodel?.features ?? [],
      embeddings: settings.embeddings,
      onProgress: (done, total) => progress('running every rung on every frame', done, total),
      stop,
    });
  } finally {
    device.stop();
    await pool?.stop();
  }
}

interface Pictures {
  readonly pictures: readonly Raster[];
  /** From the first. */
  readonly seconds: readonly number[];
  readonly arrivalMs: number;
}

/** The first frames of a source, in shared memory, and what the main thread spends on taking one. */
async function framesOf(
  source: string,
  { fps, working, progress, stop }: RecordSettings & { readonly working: WorkingSize },
): Promise<Pictures> {
  const pictures: Raster[] = [];
  const seconds: number[] = [];
  let failure = '';
  /** What a daemon does not do. */
  let keptMs = 0;
  /** Since when it is measured, and how many frames came before. In CPU time: others may want the cores. */
  let since = process.cpuUsage();
  let before = 0;
  let enough = () => {};
  const full = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const decoder = footageOpener(
    source,
    fps,
    working,
    await findFfmpeg(null, stop),
  )({
    onFrame: ({ width, height, pixels, ptsSeconds, release }) => {
      const [first] = pictures;
      const isSame = first === undefined || (first.width === width && first.height === height);
      if (isSame && pictures.length < MOST_FRAMES && ptsSeconds > (seconds.at(-1) ?? -Infinity)) {
        if (pictures.length === WARM_UP_FRAMES) {
          since = process.cpuUsage();
          [before, keptMs] = [WARM_UP_FRAMES, 0];
        }
        const begun = process.cpuUsage();
        const copy = new Uint8Array(new SharedArrayBuffer(pixels.length));
        copy.set(pixels);
        pictures.push({ width, height, pixels: copy });
        seconds.push(ptsSeconds);
        progress('reading frames', pictures.length, MOST_FRAMES);
        keptMs += cpuMs(begun);
      }
      release();
      if (pictures.length >= MOST_FRAMES) enough();
      return undefined;
    },
    onState: (state, reason) => {
      if (state !== 'failed') return;
      failure = reason;
      enough();
    },
  });
  stop.addEventListener('abort', enough, { once: true });
  try {
    await Promise.race([decoder.start(), full]);
  } finally {
    await decoder.stop();
    stop.removeEventListener('abort', enough);
  }
  stop.throwIfAborted();
  const spentMs = cpuMs(since);
  if (pictures.length === 0) {
    throw new WeirError('footage-failed', `${failure || 'it gave no frame'}`, { remedy: 'check the source' });
  }
  const [first = 0] = seconds;
  return {
    pictures,
    seconds: seconds.map((time) => time - first),
    arrivalMs: Math.max(0, spentMs - keptMs) / (pictures.length - before),
  };
}

function frameOf(seconds: number, questions: readonly TruthQuestion[]): TraceFrame {
  const known = questions.flatMap((question): [string, string[]][] => {
    const at = truthAt(question, seconds);
    return at.kind === 'label' ? [[question.id, [at.label, ...at.also]]] : [];
  });
  return { seconds, truth: Object.fromEntries(known) };
}

/** CPU time of this process since then; its inference threads do not run yet. */
function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}
