import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Evidence, topIndices } from '../src/cascade/evidence.ts';
import { NO_LIMIT, step } from '../src/cascade/step.ts';
import { footageOpener } from '../src/commands/footage-source.ts';
import { type Embeddings, measureEmbeddings } from '../src/dataset/embeddings.ts';
import { readRecording } from '../src/dataset/footage.ts';
import { clipExamples } from '../src/dataset/taught-clip.ts';
import { readTruth } from '../src/dataset/truth.ts';
import { findFfmpeg } from '../src/decode/ffmpeg.ts';
import { FEATURES } from '../src/features/catalogue.ts';
import { answerClasses, backgroundOf, type Heads, readHeads } from '../src/heads/artifact.ts';
import { headReader } from '../src/heads/reader.ts';
import { RASTER_SIZE, ZeroEmbedder } from '../src/heads/zero.ts';
import { workingSizeFor } from '../src/image/working-size.ts';
import { readLadder } from '../src/infer/ladder.ts';
import { trainedPolicy } from '../src/premodel/judge.ts';
import type { Ladder } from '../src/types.ts';
import { ZERO } from '../src/words.ts';
import { temporaryFolder } from './support/clips.ts';
import { expectDone } from './support/commands.ts';
import { Daemon, weir } from './support/daemon.ts';
import { SLOW_SIDES, writeGateClip, writeTeachableLadder } from './support/gate-clip.ts';

// The frames that taught a camera, decided from the embeddings that teaching kept, and by a daemon that sees them anew.

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const path = (name: string) => join(folder.path, name);
const MODES = ['cascade', 'hybrid'] as const;
/** Sixteen moments: of fewer, rung zero learns too little to be used. */
const CLIP_SECONDS = 64;

interface Decision {
  readonly seconds: number;
  readonly ran: readonly string[];
  readonly label: string;
}

let ladder: Ladder;
let heads: Heads;
let kept: { seconds: Float64Array; table: Embeddings };

beforeAll(async () => {
  folder = await temporaryFolder();
  ladder = await readLadder(await writeTeachableLadder(path('ladder'), SLOW_SIDES));
  await writeGateClip(path('gate'), CLIP_SECONDS);
  const footage = ['--footage', `gate=${path('gate.mkv')}`, '--truth', path('gate.json')];
  expectDone(await weir(['teach', ...footage, '--ladder', path('ladder'), '--state-dir', path('state')]));
  heads = await readHeads(path('state/heads/gate.json'), ladder);
  kept = await embeddingsOf();
}, 60_000);
afterAll(() => folder?.remove());

/** What teaching kept of the frames; nothing is run. */
async function embeddingsOf() {
  const working = workingSizeFor(ladder.rungs);
  const recording = await readRecording({
    id: 'gate',
    scratch: path('scratch'),
    mostFrames: 1000,
    mostSeconds: Infinity,
    onProgress: () => {},
    open: footageOpener(path('gate.mkv'), 5, working, await findFfmpeg(null)),
  });
  const questions = await readTruth(path('gate.json'));
  const { samples, seconds } = clipExamples([{ id: 'gate', truthName: '', recording, questions, picture: null }], true);
  const never = () => Promise.reject(new Error('the table of embeddings is not whole'));
  const sizes = ladder.rungs.map(() => 3);
  const pool = { rungs: ladder.rungs, classes: ladder.labels.length, slots: 1, embeddingSizes: sizes, run: never };
  const { circumstances } = heads.fitted;
  const options = { samples, pool, working, cache: path('state/outcomes'), circumstances, onProgress: () => {} };
  return { seconds, table: await measureEmbeddings(options) };
}

/** Plays every frame through on paper. */
function replayed(mode: (typeof MODES)[number]): Decision[] {
  const [question] = heads.questions;
  if (question === undefined) throw new Error('nothing was taught');
  const policy = trainedPolicy(question.premodel, mode, 'balanced');
  const classes = answerClasses(question);
  const ids = policy.rungs.map(({ id }) => id);
  const reader = headReader(heads, question.id, ids);
  const judge = policy.judge();
  const zero = new ZeroEmbedder(backgroundOf(heads));
  const columns = judge.features.map((name) => FEATURES.findIndex((feature) => feature.name === name));
  const evidence = new Evidence(classes.length);
  const answer = new Float32Array(classes.length);
  const { table } = kept;
  const embeddingOf = (id: string, row: number) => {
    if (id === ZERO) return zero.embed(table.rasters.subarray(row * RASTER_SIZE, (row + 1) * RASTER_SIZE));
    const rung = ladder.rungs.findIndex((other) => other.id === id);
    return table.embeddings[rung]?.slice(row * 3, (row + 1) * 3) ?? null;
  };
  return Array.from(kept.seconds, (seconds, row) => {
    evidence.reset();
    const features = Float64Array.from(columns, (column) => table.features[row * FEATURES.length + column] ?? 0);
    const state = { entry: judge.entry(features), last: -1, right: 0 };
    const ran: string[] = [];
    for (;;) {
      const decision = step(policy, state, NO_LIMIT);
      if (decision.kind !== 'run') break;
      const { rung } = decision;
      reader.read(rung, { logits: answer, embedding: embeddingOf(ids[rung] ?? '', row) }, answer);
      evidence.add(rung, answer, policy.rungs[rung] as (typeof policy.rungs)[number]);
      state.last = rung;
      state.right = judge.right(evidence, features);
      ran.push(ids[rung] ?? '');
    }
    return { seconds, ran, label: classes[topIndices(evidence.probabilities, 1)[0] ?? 0]?.name ?? '' };
  });
}

/** As a daemon tells them that asks every frame anew. */
async function watched(mode: (typeof MODES)[number]): Promise<Decision[]> {
  const config = path(`${mode}.yaml`);
  const gate = { id: 'gate', source: path('gate.mkv'), pace: 'fast', fps: 5, budgetMs: 'none' };
  const onItsOwn = { memory: false, reuse: { enabled: false } };
  const settings = { ladder: path('ladder'), mode, operatingPoint: 'balanced' };
  await writeFile(config, JSON.stringify({ ...settings, cameras: [{ ...gate, ...onItsOwn }] }));
  const daemon = new Daemon(['--config', config], { STATE_DIRECTORY: path('state') });
  await daemon.subscribe();
  expect(await daemon.exit()).toBe(0);
  return daemon.labels.map(({ ptsSeconds, path: ran, label }) => ({
    seconds: ptsSeconds,
    ran: ran.map(({ rung }) => rung),
    label,
  }));
}

test.each(MODES)(
  'what was taught is decided alike on paper and by a daemon: %s',
  async (mode) => {
    const expected = replayed(mode);
    expect(expected.length).toBe(0.9 * CLIP_SECONDS * 5);
    expect(new Set(expected.map(({ label }) => label)).size).toBeGreaterThanOrEqual(3);
    // Some frames end on rung zero, others climb on.
    const paths = new Set(expected.map(({ ran }) => ran.join()));
    expect(paths).toContain('zero');
    expect(paths.size).toBeGreaterThan(1);
    const seen = new Map((await watched(mode)).map((decision) => [decision.seconds, decision]));
    expect(expected.map(({ seconds }) => seen.get(seconds))).toEqual(expected);
  },
  60_000,
);
