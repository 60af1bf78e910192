import { mean } from '../src/cascade/statistics.ts';
import type { Engine } from '../src/commands/engine.ts';
import { NULL_OBSERVER } from '../src/commands/null-observer.ts';
import { viewOf, workingSizeOf } from '../src/commands/run-view.ts';
import { type SettledCamera, settleCameras, usesOf } from '../src/commands/settled.ts';
import { toCameraSource } from '../src/config/camera.ts';
import { type Config, configSchema, NO_HEADS } from '../src/config/schema.ts';
import { leadOf } from '../src/dataset/footage.ts';
import { readTruth, type TruthQuestion } from '../src/dataset/truth.ts';
import { findFfmpeg } from '../src/decode/ffmpeg.ts';
import { probeFile } from '../src/decode/probe.ts';
import { CameraDecoder } from '../src/decode/source.ts';
import { WeirError } from '../src/errors.ts';
import { ladderPath, readLadder } from '../src/infer/ladder.ts';
import { CameraPipeline } from '../src/pipeline/camera.ts';
import type { SceneEvent } from '../src/pipeline/told.ts';
import { redactUrls } from '../src/secrets.ts';
import { SYSTEM_CLOCK } from '../src/service/clock.ts';
import { benchEngine } from './engine.ts';
import { type BenchEvent, type EventScores, eventsOfLabels, pooled, scoreEvents } from './event-scores.ts';
import { eachClip, leftOutRows } from './left-out.ts';
import { type BenchRow, CLOCK } from './report.ts';
import type { BenchClip } from './teach-clips.ts';

/** The group that is asked for, and the classes of a truth file that mean it. */
const GROUP = 'vehicle';
const CLASSES: readonly string[] = ['vehicle', 'car'];
const LADDER = 'imagenet-1k';
const VIEWS = ['motion', 'frame'] as const;

/**
 * Events of what moves, cut out of the full picture and answered with a group of labels, against the truth of the clips that have such
 * a class; and the same of whole frames with the same group.
 */
export async function motionEvents(clips: readonly BenchClip[]): Promise<BenchRow[]> {
  const found = await eachClip(clips, `${VIEWS[0]}:${GROUP}`, caseOf);
  const cases = found.results;
  if (cases.length === 0) return leftOutRows(found.leftOut);
  const config = configOf(cases);
  const ladder = await readLadder(ladderPath(config.ladder));
  const cameras = await settleCameras(config, { ladder, env: {} });
  const engine = await benchEngine(config, usesOf(config, cameras), config.inference.slots);
  try {
    const rows: BenchRow[] = [];
    for (const [v, view] of VIEWS.entries()) {
      const variant = `${view}:${GROUP}`;
      const watched = cases.map((own, k) => ({ ...own, camera: cameras[k * VIEWS.length + v] as SettledCamera }));
      const { results, leftOut } = await eachClip(watched, variant, async ({ name, question, className, camera }) => {
        process.stderr.write(`${name}, ${variant} …\n`);
        return { name, scores: scoreEvents(await watch(camera, engine), question, className) };
      });
      rows.push(...results.flatMap(({ name, scores }) => rowsOf(name, variant, scores)), ...leftOutRows(leftOut));
      rows.push(...rowsOf('all', variant, pooled(results.map(({ scores }) => scores))));
    }
    return [...rows, ...leftOutRows(found.leftOut)];
  } finally {
    await engine.pool.stop();
  }
}

interface Case {
  readonly name: string;
  readonly clip: BenchClip;
  readonly question: TruthQuestion;
  readonly className: string;
}

/** @throws WeirError `bench-clip` where nothing of the group is said */
async function caseOf(clip: BenchClip): Promise<Case> {
  for (const question of await readTruth(clip.truth)) {
    const named = question.classes.find(({ name }) => CLASSES.includes(name));
    if (named !== undefined) return { name: clip.name, clip, question, className: named.name };
  }
  throw new WeirError('bench-clip', `its truth file has no class ${CLASSES.join(' or ')}`, {
    remedy: 'name one so to have events of it judged',
  });
}

/** One camera per clip and view, without a budget: how fast this machine is is not asked here. */
function configOf(cases: readonly Case[]): Config {
  return configSchema.parse({
    ladder: LADDER,
    cameras: cases.flatMap(({ clip }, k) =>
      VIEWS.map((view) => ({
        id: `clip-${k}-${view}`,
        source: clip.path,
        pace: 'fast',
        budgetMs: 'none',
        view,
        groups: [GROUP],
        heads: NO_HEADS,
      })),
    ),
  });
}

/** What a camera tells of the group, from its first to its last frame. */
async function watch(camera: SettledCamera, engine: Engine): Promise<BenchEvent[]> {
  const ffmpeg = await findFfmpeg(null);
  const { startSeconds } = await probeFile(ffmpeg, camera.source);
  const log = new EventLog(startSeconds);
  const failures: WeirError[] = [];
  const fail = (code: string, reason: string, remedy: string) =>
    failures.push(new WeirError(code, `${camera.source}: ${reason}`, { remedy }));
  const pipeline = new CameraPipeline({
    camera: camera.id,
    pace: 'fast',
    budgetMs: null,
    view: viewOf(camera, engine, { warn: () => {} }),
    clock: SYSTEM_CLOCK,
    clockSince: () => CLOCK,
    observer: NULL_OBSERVER,
    onLabel: ({ label, ptsSeconds }) => {
      log.now(ptsSeconds);
      log.labelled(label === GROUP);
    },
    onEvent: (event) => log.happened(event),
    onStatus: ({ state, reason }) => {
      if (state === 'failed') fail('bench-clip', reason, 'check the clip with another player');
    },
    onFailure: (reason) => fail('inference-failed', reason, 'check the models with `weir doctor`'),
    source: (callbacks) =>
      new CameraDecoder({
        camera: toCameraSource(camera),
        working: workingSizeOf(camera, engine),
        ffmpeg,
        clock: SYSTEM_CLOCK,
        random: Math.random, // for back-off alone
        onNotice: () => {},
        quote: redactUrls,
        ...callbacks,
      }),
  });
  await pipeline.start();
  if (failures[0] !== undefined) throw failures[0];
  return camera.view === 'motion' ? log.events() : eventsOfLabels(log.labels);
}

/** Keeps what one camera tells, on the time line of its truth file, which begins with the first picture that can be shown. */
class EventLog {
  readonly labels: { readonly seconds: number; readonly is: boolean }[] = [];
  readonly #begun = new Map<number, Omit<BenchEvent, 'to'>>();
  readonly #events: BenchEvent[] = [];
  readonly #startSeconds: number | null;
  #leadSeconds: number | null = null;
  #seconds = 0;

  /** @param startSeconds PTS with which the clip begins */
  constructor(startSeconds: number | null) {
    this.#startSeconds = startSeconds;
  }

  now(ptsSeconds: number): void {
    this.#leadSeconds ??= leadOf(ptsSeconds, this.#startSeconds);
    this.#seconds = ptsSeconds - this.#leadSeconds;
  }

  labelled(is: boolean): void {
    this.labels.push({ seconds: this.#seconds, is });
  }

  happened({ phase, label, track = 0, ptsSeconds }: SceneEvent): void {
    if (label !== GROUP) return;
    const at = ptsSeconds - (this.#leadSeconds ?? 0);
    if (phase === 'begin') this.#begun.set(track, { from: at, toldAt: this.#seconds });
    const begun = this.#begun.get(track);
    if (phase === 'begin' || begun === undefined) return;
    this.#begun.delete(track);
    this.#events.push({ ...begun, to: at });
  }

  /** What has not ended is there until the last frame. */
  events(): BenchEvent[] {
    const open = [...this.#begun.values()].map((begun) => ({ ...begun, to: this.#seconds }));
    return [...this.#events, ...open].sort((a, b) => a.from - b.from);
  }
}

function rowsOf(name: string, variant: string, { right, found, delaySeconds, secondsRight }: EventScores): BenchRow[] {
  const row = (figure: string, values: readonly number[], unit: string): BenchRow[] =>
    values.length === 0 ? [] : [{ case: name, variant, figure, value: mean(values), unit, n: values.length }];
  return [
    ...row('eventPrecision', right, ''),
    ...row('eventRecall', found, ''),
    ...row('meanBeginDelaySeconds', delaySeconds, 's'),
    ...row('eventSecondsRight', secondsRight, ''),
  ];
}
