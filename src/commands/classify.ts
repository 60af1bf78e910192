import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { type Mode, parseMode } from '../cascade/policy.ts';
import { toBudgetMs, toCameraSource } from '../config/camera.ts';
import { loadConfig } from '../config/load.ts';
import { type CameraConfig, camera as cameraSchema, configSchema } from '../config/schema.ts';
import { findFfmpeg } from '../decode/ffmpeg.ts';
import { CameraDecoder } from '../decode/source.ts';
import { openDevice } from '../device/open.ts';
import { usageError, WeirError } from '../errors.ts';
import { readImageFile } from '../image/file.ts';
import { Resizer } from '../image/resize.ts';
import { toWorkingSize } from '../image/working-size.ts';
import { CameraPipeline } from '../pipeline/camera.ts';
import { Climber, type ClimbParts } from '../pipeline/climb.ts';
import { WholeView } from '../pipeline/view.ts';
import { Redactor, redactUrls } from '../secrets.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import {
  type ClockState,
  type DeviceMonitor,
  type Label,
  type PathStep,
  type RankedClass,
  WHOLE_FRAME,
} from '../types.ts';
import { type Engine, startEngine } from './engine.ts';
import { NULL_OBSERVER } from './null-observer.ts';
import { type Output, print, reportError } from './shell.ts';

export interface ClassifyOptions {
  readonly mode?: string;
  readonly budget?: CameraConfig['budgetMs'];
  readonly fps?: CameraConfig['fps'];
  readonly top?: number;
  readonly ladder?: string;
  readonly premodel?: string;
  readonly operatingPoint?: string;
  readonly rungs?: readonly string[];
  readonly json?: boolean;
}

const DEFAULT_POINT = configSchema.parse({}).operatingPoint;
const IMAGES = new Set(['.jpg', '.jpeg', '.png', '.webp', '.avif', '.gif', '.tif', '.tiff']);

/** What is printed of an image, or of a frame of a video. */
interface Answer {
  readonly file: string;
  /** Of a frame of a video. */
  readonly ptsSeconds?: number;
  readonly decidedAtMs: number;
  readonly label: string | null;
  readonly classId: string | null;
  readonly confidence: number | null;
  readonly top: readonly RankedClass[];
  readonly path: readonly PathStep[];
  readonly stop: string;
  readonly spentMs: number;
  readonly clock: ClockState;
}

/** Classifies image and video files. @returns 1 if any of them could not be classified */
export async function classify(files: readonly string[], options: ClassifyOptions, output: Output): Promise<number> {
  const left = output.closed;
  const config = await loadConfig({ path: null, env: process.env, redactor: new Redactor() });
  const mode = parseMode(options.mode ?? config.mode);
  const { slots: _slots, warmupRuns, ...session } = config.inference;
  const engine = await startEngine({
    ladder: options.ladder ?? config.ladder,
    premodel: options.premodel ?? null,
    rungs: options.rungs ?? null,
    uses: [{ mode, operatingPoint: options.operatingPoint ?? DEFAULT_POINT }],
    slots: 1,
    session,
    warmupRuns,
    topK: options.top ?? config.topK,
    clock: SYSTEM_CLOCK,
    onCrash: (reason) => process.stderr.write(`weir: an inference thread died: ${reason}\n`),
  });
  const show = options.json
    ? (answer: Answer) => print(JSON.stringify(answer))
    : (answer: Answer) => print(format(answer, (options.top ?? 1) > 1));
  const device = await openDevice({ clock: SYSTEM_CLOCK });
  let exitCode = 0;
  try {
    for (const file of files) {
      if (left.aborted) break;
      const classifyFile = IMAGES.has(extname(file).toLowerCase()) ? classifyImage : classifyVideo;
      await classifyFile(file, { engine, device, mode, options, show, left }).catch((error: unknown) => {
        exitCode = Math.max(exitCode, reportError(error));
      });
    }
  } finally {
    await engine.pool.stop();
    device.stop();
  }
  return exitCode;
}

interface Parts {
  readonly engine: Engine;
  readonly device: DeviceMonitor;
  readonly mode: Mode;
  readonly options: ClassifyOptions;
  readonly show: (answer: Answer) => void;
  /** Nobody reads the answers any more. */
  readonly left: AbortSignal;
}

type ClassifyFile = (file: string, parts: Parts) => Promise<void>;

const classifyImage: ClassifyFile = async (file, { engine, device, mode, options, show }) => {
  await requireFile(file);
  const raster = toWorkingSize(await readImageFile(file), engine.working, new Resizer());
  const climbParts = engine.climbParts(mode, options.operatingPoint ?? DEFAULT_POINT);
  const climber = new Climber(climbParts);
  const arrival = { ...raster, arrivedMs: SYSTEM_CLOCK.monotonicMs() };
  const { answers } = await climber.climb(arrival, WHOLE_FRAME, toBudgetMs(options.budget ?? DEFAULTS.budgetMs));
  const [result] = answers;
  if (result?.kind === 'failed') throw classifyError(file, result.reason, 'run `weir doctor`');
  if (result?.kind !== 'answered') throw tooSmall(file, climbParts);
  const { top, path, stop, spentMs } = result;
  const [best] = top;
  show({
    file,
    decidedAtMs: SYSTEM_CLOCK.unixMs(),
    label: best?.label ?? null,
    classId: best?.classId ?? null,
    confidence: best?.confidence ?? null,
    top,
    path: path.map(({ rung, waitMs, runMs, confidence }) => ({ rung, waitMs, runMs, confidence })),
    stop,
    spentMs,
    clock: device.clockSince(arrival.arrivedMs),
  });
};

/** Defaults of a camera, whose file is played as fast as it is classified. */
const DEFAULTS = cameraSchema.parse({ id: 'file', source: 'file', pace: 'fast' });

const classifyVideo: ClassifyFile = async (file, { engine, device, mode, options, show, left }) => {
  await requireFile(file);
  const ffmpeg = await findFfmpeg(null);
  const camera = toCameraSource({ ...DEFAULTS, source: file, fps: options.fps ?? DEFAULTS.fps });
  let failure = '';
  let labels = 0;
  let lost = 0;
  const climbParts = engine.climbParts(mode, options.operatingPoint ?? DEFAULT_POINT);
  const budgetMs = toBudgetMs(options.budget ?? DEFAULTS.budgetMs);
  const pipeline = new CameraPipeline({
    camera: camera.id,
    pace: camera.pace,
    budgetMs,
    view: new WholeView({ climb: climbParts, budgetMs, kind: 'frame', region: camera.region, guard: null }),
    clock: SYSTEM_CLOCK,
    clockSince: (monotonicMs) => device.clockSince(monotonicMs),
    observer: { ...NULL_OBSERVER, frameLost: () => lost++ },
    onLabel: (label) => {
      labels++;
      show(answerOf(file, label));
    },
    onEvent: () => {},
    onStatus: ({ state, reason }) => {
      if (state === 'failed') failure = reason;
    },
    onFailure: (reason) => {
      failure = reason;
    },
    source: (callbacks) =>
      new CameraDecoder({
        camera,
        working: engine.working,
        ffmpeg,
        clock: SYSTEM_CLOCK,
        random: Math.random,
        onNotice: () => {},
        quote: redactUrls,
        ...callbacks,
      }),
  });
  const stop = () => void pipeline.stop();
  left.addEventListener('abort', stop);
  await pipeline.start();
  left.removeEventListener('abort', stop);
  if (left.aborted) return;
  if (failure !== '') throw classifyError(file, failure, 'check the file with another player, or convert it');
  if (labels === 0) throw tooSmall(file, climbParts);
  if (lost > 0) {
    const what = `${lost} of ${labels + lost} frames got no label: they did not fit the budget`;
    process.stderr.write(`weir: ${file}: ${what}\n  → give a larger --budget, or none\n`);
  }
};

function answerOf(file: string, label: Label): Answer {
  const { ptsSeconds, decidedAtMs, classId, confidence, top, path, stop, spentMs, clock } = label;
  return { file, ptsSeconds, decidedAtMs, label: label.label, classId, confidence, top, path, stop, spentMs, clock };
}

async function requireFile(file: string): Promise<void> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(file)) {
    throw usageError(
      'not-a-file',
      `${redactUrls(file)} is no file`,
      'classify reads files; for streams use `weir run --source`',
    );
  }
  const found = await stat(file).catch((cause: unknown) => {
    throw new WeirError('file-missing', `there is no file ${redactUrls(file)}, or it may not be read`, {
      remedy: 'check the path',
      cause,
    });
  });
  if (found.isDirectory()) throw classifyError(file, 'it is a folder', 'name the files in it');
}

function tooSmall(file: string, { questions: [question] }: ClimbParts): WeirError {
  const cheapest = question?.policy.rungs[0]?.id ?? '';
  const what = `no rung fits the budget; the cheapest, ${cheapest}, takes ${question?.p95Ms()[0]?.toFixed(1)} ms here`;
  return classifyError(file, what, 'give a larger --budget, or none');
}

function classifyError(file: string, reason: string, remedy: string): WeirError {
  return new WeirError('classify-failed', `${file}: ${reason}`, { remedy });
}

function format({ file, ptsSeconds, top, path, stop, spentMs }: Answer, withTop: boolean): string {
  const [best] = top;
  const at = ptsSeconds === undefined ? '' : `  ${ptsSeconds.toFixed(3).padStart(9)} s`;
  const rungs = path.map(({ rung }) => rung).join(' > ');
  const line = `${file}${at}  ${(best?.label ?? '–').padEnd(26)}  ${(best?.confidence ?? 0).toFixed(2)}  ${spentMs.toFixed(1).padStart(6)} ms  ${rungs} (${stop})`;
  const others = withTop ? top.slice(1).map(({ label, confidence }) => `\n    ${confidence.toFixed(2)}  ${label}`) : [];
  return line + others.join('');
}
