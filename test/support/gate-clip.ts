import { writeFile } from 'node:fs/promises';
import { seededRandom } from '../../src/cascade/random.ts';
import { ffmpeg } from './clips.ts';
import { STUDY_RUNGS, writeStudyLadder } from './study.ts';

/** What a gate looks like, by its state. */
export const GATE_STATES = [
  { name: 'open', colour: [150, 90, 80] },
  { name: 'closed', colour: [80, 100, 150] },
  { name: 'car', colour: [110, 150, 90] },
] as const;

/** Seconds for which a state lasts; between two of them it is unclear. */
const STATE_SECONDS = 4;
const UNCLEAR_SECONDS = 0.4;

/** Sides of inputs at which even these models take longer than rung zero. */
export const SLOW_SIDES = [500, 750, 1000];

/** Three rungs that give embeddings. */
export async function writeTeachableLadder(folder: string, sides = [16, 48, 64]): Promise<string> {
  const rungs = STUDY_RUNGS.map(({ id, model }, at) => ({
    id,
    side: sides[at] ?? 16,
    model: { ...model, embedding: true },
  }));
  return await writeStudyLadder(folder, rungs);
}

/** Writes a clip of a gate in all its states, in turn, and what is true of it when. */
export async function writeGateClip(path: string, seconds: number, options: { side?: number; rateHz?: number } = {}) {
  const { side = 64, rateHz = 5 } = options;
  const random = seededRandom(3);
  const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${side}x${side}`, '-r', `${rateHz}`, '-i', 'pipe:0'];
  await ffmpeg([...input, '-c:v', 'png', '-pix_fmt', 'rgb24', `${path}.mkv`], async (write) => {
    for (let frame = 0; frame < seconds * rateHz; frame++) {
      const state = GATE_STATES[stateAt(frame / rateHz)] ?? GATE_STATES[0];
      const mean = state.colour.map((value) => value + (random() - random()) * 45);
      const pixels = Buffer.alloc(side * side * 3);
      // Something stands at a place of its own in each state, seen now better, now worse: what rung zero can go by.
      const place = Math.floor((side * stateAt(frame / rateHz)) / GATE_STATES.length);
      const contrast = 10 + random() * 90;
      for (let i = 0; i < pixels.length; i++) {
        const x = Math.floor(i / 3) % side;
        const isThere = x >= place && x < place + side / 4 && i < pixels.length / 4;
        pixels[i] = (mean[i % 3] ?? 0) + (random() - 0.5) * 40 + (isThere ? contrast : 0);
      }
      await write(pixels);
    }
  });
  const intervals = Array.from({ length: Math.ceil(seconds / STATE_SECONDS) }, (_, k) => k * STATE_SECONDS).flatMap(
    (from) => [
      { from, to: from + STATE_SECONDS - UNCLEAR_SECONDS, label: GATE_STATES[stateAt(from)]?.name },
      { from: from + STATE_SECONDS - UNCLEAR_SECONDS, to: from + STATE_SECONDS, label: '~' },
    ],
  );
  const classes = { ...Object.fromEntries(GATE_STATES.map(({ name }) => [name, `it is ${name}`])), '~': 'unclear' };
  await writeFile(`${path}.json`, JSON.stringify({ question: 'What is with the gate?', classes, intervals }));
}

export function stateAt(seconds: number): number {
  return Math.floor(seconds / STATE_SECONDS + 1e-9) % GATE_STATES.length;
}
