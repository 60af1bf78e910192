import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { WeirError } from '../src/errors.ts';
import { ladderPath, readLadder } from '../src/infer/ladder.ts';
import { median } from '../src/premodel/statistics.ts';
import type { Rung } from '../src/types.ts';
import type { BenchFigures, BenchRow } from './report.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = `${ROOT}bench/peer`;
const VENV = `${ROOT}.cache/peer-venv`;
const ROUNDS = 5;
const run = promisify(execFile);

/**
 * Weir against the plain Python loop (OpenCV and ONNX Runtime, always the reference model) on every frame of a clip: wall
 * time per frame with decoding, whole processes in turn. Each side may use one thread for inference; Weir decodes beside it.
 *
 * @param clip a video file; the demonstration clip by default
 */
export async function peer(clip = `${ROOT}fixtures/demo.mp4`): Promise<BenchFigures> {
  await prepareVenv();
  const ladder = await readLadder(ladderPath('imagenet-1k'));
  const reference = ladder.rungs.find(({ id }) => id === ladder.reference) as Rung;
  const sides: Record<string, () => Promise<Timed>> = {
    'python loop': () => pythonLoop(clip, reference),
    'weir, always the reference': () => weir(clip, `fixed:${reference.id}`),
    weir: () => weir(clip, 'hybrid'),
    'python loop again': () => pythonLoop(clip, reference),
  };
  const perFrame = new Map(Object.keys(sides).map((name) => [name, [] as number[]]));
  let frames = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, side] of Object.entries(sides)) {
      const timed = await side();
      frames = timed.frames;
      perFrame.get(name)?.push((timed.seconds * 1000) / timed.frames);
      process.stderr.write(
        `round ${round + 1} of ${ROUNDS}: ${name} ${((timed.seconds * 1000) / timed.frames).toFixed(2)} ms\n`,
      );
    }
  }
  const rival = median(perFrame.get('python loop') ?? []);
  const rows: BenchRow[] = [...perFrame].map(([variant, values]) => ({
    case: clip.split('/').at(-1) ?? clip,
    variant,
    figure: 'wall milliseconds per frame, median of runs',
    value: median(values),
    unit: 'ms',
    n: values.length * frames,
    ci: [Math.min(...values), Math.max(...values)],
    against: 'python loop',
    ratio: median(values) / rival,
  }));
  return { schema: 'weir.bench/1', name: 'peer', ladder: ladder.fingerprint, rows };
}

interface Timed {
  readonly frames: number;
  readonly seconds: number;
}

async function pythonLoop(clip: string, reference: Rung): Promise<Timed> {
  const args = [`${FOLDER}/loop.py`, clip, reference.path, String(reference.input.width)];
  const { stdout } = await run(`${VENV}/bin/python`, args, { maxBuffer: 1 << 26 });
  return JSON.parse(stdout) as Timed;
}

/** From the first label to the last: start-up and the warm-up of the first frame are left out on both sides. */
async function weir(clip: string, mode: string): Promise<Timed> {
  const args = [
    `${ROOT}dist/src/main.js`,
    'classify',
    '--json',
    '--fps',
    'all',
    '--budget',
    'none',
    '--mode',
    mode,
    clip,
  ];
  const { stdout } = await run(process.execPath, args, { maxBuffer: 1 << 28 });
  const times = stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { decidedAtMs: number }).decidedAtMs);
  return { frames: times.length - 1, seconds: ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000 };
}

async function prepareVenv(): Promise<void> {
  if (existsSync(`${VENV}/ready`)) return;
  process.stderr.write('making a Python environment for the rival (once) …\n');
  try {
    await run('python3', ['-m', 'venv', VENV]);
    await run(`${VENV}/bin/python`, ['-m', 'pip', 'install', '--quiet', '--requirement', `${FOLDER}/requirements.txt`]);
    await run('touch', [`${VENV}/ready`]);
  } catch (cause) {
    throw new WeirError('peer-missing', 'the rival could not be set up', {
      remedy: 'it needs python3 with venv, and a package index',
      cause,
    });
  }
}
