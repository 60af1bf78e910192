import type { Engine } from '../src/commands/engine.ts';
import { viewOf } from '../src/commands/run-view.ts';
import { type SettledCamera, settleCameras, taughtOf, usesOf, withTaught } from '../src/commands/settled.ts';
import { TEACH_FPS } from '../src/commands/teach-examples.ts';
import { configSchema, NO_HEADS } from '../src/config/schema.ts';
import type { Recording } from '../src/dataset/footage.ts';
import { benchEngine } from './engine.ts';
import { leftOutRows } from './left-out.ts';
import { playStream } from './play-stream.ts';
import type { BenchFigures } from './report.ts';
import { eachTaughtClip, majorityOf, type TaughtClip, withAllHeads } from './taught-clip.ts';
import { momentsOf, rightLabels } from './teach-judge.ts';
import { playersOf, type TaughtHeads } from './video-players.ts';
import { type GenericClip, type VideoClip, videoRows } from './video-rows.ts';
import { videoVerdict } from './video-verdict.ts';

/**
 * Teaches on the first half of each clip and plays the second half, from two seconds after the middle, as a stream: Weir as the
 * daemon would run it, Weir without each of its parts, and rungs alone, on the same frames in turn.
 */
export async function video(folder: string | undefined): Promise<BenchFigures> {
  const { ladder, results, leftOut } = await eachTaughtClip(folder, playedClip);
  const rows = [...videoRows(results), ...leftOutRows(leftOut)];
  return {
    schema: 'weir.bench/1',
    name: 'video',
    ladder: ladder.fingerprint,
    sampleRateHz: TEACH_FPS,
    rows,
    verdict: videoVerdict(rows),
  };
}

async function playedClip(given: TaughtClip): Promise<VideoClip> {
  const { taught, teachAgain } = given;
  const withoutZero = await teachAgain({ useZero: false });
  return await play(given, { all: withAllHeads(taught), withoutZero: withAllHeads(withoutZero) }, (q) =>
    majorityOf(taught, q),
  );
}

/** @param majority the most frequent class among what taught a question */
export async function play(
  { clip, ladder, config, judged, questions }: Pick<TaughtClip, 'clip' | 'ladder' | 'config' | 'judged' | 'questions'>,
  heads: TaughtHeads,
  majority: (question: number) => string,
): Promise<VideoClip> {
  const cameras = { id: 'clip', source: clip.path, budgetMs: 'none', heads: NO_HEADS };
  const own = configSchema.parse({ ladder: config.ladder, cameras: [cameras] });
  const [camera] = (await settleCameras(own, { ladder, env: {} })) as [SettledCamera];
  const both = [heads.all, heads.withoutZero].map((one) => withTaught(camera, taughtOf('', one)));
  const engine = await benchEngine(
    { ...own, inference: config.inference },
    [...usesOf(own, [camera]), ...usesOf(own, both)],
    1, // rungs that run beside each other would disturb each other's times
  );
  try {
    const climbed = heads.all.rungs.filter((id) => id !== ladder.reference);
    const players = playersOf(engine, camera, heads, [...climbed, ladder.reference]);
    const { said, runMs, totalMs } = await playStream(judged, players);
    const asked = heads.all.questions.map(({ id }, q) => {
      const truth = questions.find((question) => question.id === id);
      return {
        id,
        truth: judged.times.map((seconds) => (truth === undefined ? null : rightLabels(truth, seconds))),
        answers: said.map((one) => (one[q] ?? []).map(({ label }) => label)),
        ended: (said[0]?.[q] ?? []).map(({ ended }) => ended),
        majority: majority(q),
      };
    });
    return {
      clip: clip.name,
      variants: players.map(({ variant }) => variant),
      top: `rung:${ladder.reference}`,
      moments: momentsOf(asked.map(({ truth }) => truth)),
      runMs,
      totalMs,
      questions: asked,
      generic: await playGeneric(judged, engine, camera),
    };
  } finally {
    await engine.pool.stop();
  }
}

/** The ladder's own labels of the same frames, beside the top rung alone. */
async function playGeneric(judged: Recording, engine: Engine, camera: SettledCamera): Promise<GenericClip> {
  const view = (own: SettledCamera) => () => viewOf(own, engine, { warn: () => {} });
  const { said, runMs, totalMs } = await playStream(judged, [
    { variant: 'generic', view: view(camera) },
    { variant: 'generic:top', view: view({ ...camera, mode: `fixed:${engine.ladder.reference}` }) },
  ]);
  const labels = said.map(([first = []]) => first.map(({ label }) => label));
  const [own = [], top = []] = labels;
  const [runOwn, runTop] = runMs as [Float64Array, Float64Array];
  const [totalOwn, totalTop] = totalMs as [Float64Array, Float64Array];
  return { own, top, runMs: { own: runOwn, top: runTop }, totalMs: { own: totalOwn, top: totalTop } };
}
