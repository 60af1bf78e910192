import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { seededRandom } from '../../src/cascade/random.ts';
import { ffmpeg } from './clips.ts';
import { type TinyRung, writeLadder } from './ladders.ts';
import type { TinyModel } from './onnx.ts';

type Colour = readonly [number, number, number];

/** What the pictures of a small study show: a class is a colour. */
export const STUDY_CLASSES: readonly { readonly id: string; readonly name: string; readonly colour: Colour }[] = [
  { id: 'k0', name: 'brick red', colour: [190, 60, 60] },
  { id: 'k1', name: 'leaf green', colour: [60, 170, 80] },
  { id: 'k2', name: 'sea blue', colour: [60, 90, 190] },
  { id: 'k3', name: 'straw', colour: [190, 180, 70] },
  { id: 'k4', name: 'stone', colour: [120, 120, 120] },
];

const LABELS = STUDY_CLASSES.map(({ id, name }) => ({ id, name }));

/** Answers with the class whose colour is nearest, if `shift` is 0; the larger it is, the oftener it is wrong. */
export function nearestColour(shift: number, changes: Partial<TinyModel> = {}): TinyModel {
  const centres = STUDY_CLASSES.map(({ colour }, k) =>
    colour.map((value, c) => value + shift * ((k + c) % 3 === 0 ? 1 : -0.4)),
  );
  const gain = 1 / 1200;
  return {
    layout: 'nhwc',
    dtype: 'uint8',
    // −|x − centre|² without |x|², which all classes have.
    weights: centres.map(([r = 0, g = 0, b = 0]) => [2 * gain * r, 2 * gain * g, 2 * gain * b] as const),
    bias: centres.map((centre) => -gain * centre.reduce((sum, value) => sum + value ** 2, 0)),
    ...changes,
  };
}

/** The same classifier as frameworks export it: it takes `float32 [N,3,H,W]` of `(x − mean) / std`, and has no embedding. */
export function exported(model: TinyModel, mean: Colour, std: Colour, changes: Partial<TinyModel> = {}): TinyModel {
  const offsets = model.weights.map((row) => row.reduce<number>((sum, weight, c) => sum + weight * (mean[c] ?? 0), 0));
  return {
    ...model,
    layout: 'nchw',
    dtype: 'float32',
    weights: model.weights.map(([r, g, b]) => [r * std[0], g * std[1], b * std[2]] as const),
    bias: offsets.map((offset, k) => offset + (model.bias?.[k] ?? 0)),
    ...changes,
  };
}

/** Three rungs, each dearer and more often right than the one before. */
export const STUDY_RUNGS: readonly TinyRung[] = [
  { id: 'low', model: nearestColour(75), side: 8 },
  { id: 'mid', model: nearestColour(45), side: 256 },
  { id: 'top', model: nearestColour(0), side: 600 },
];

export async function writeStudyLadder(folder: string, rungs = STUDY_RUNGS, changes: object = {}): Promise<string> {
  await mkdir(folder, { recursive: true });
  return await writeLadder(folder, rungs, { labels: LABELS, ...changes });
}

export interface StudyOptions {
  readonly perClass: number;
  readonly seed?: number;
  /** Half the range by which pictures stray from the colour of their class. */
  readonly spread?: number;
  readonly classes?: number;
  readonly side?: number;
  /** Names of the folders, if not the classes' ids. */
  readonly folders?: readonly string[];
}

/** Writes pictures in folders by class. Those that stray far are striped, so that image features tell of them. */
export async function writeStudyPictures(folder: string, options: StudyOptions): Promise<void> {
  const { perClass, seed = 1, spread = 75, classes = STUDY_CLASSES.length, side = 24, folders } = options;
  const random = seededRandom(seed);
  for (const [k, { id, colour }] of STUDY_CLASSES.slice(0, classes).entries()) {
    const home = join(folder, folders?.[k] ?? id);
    await mkdir(home, { recursive: true });
    for (let n = 0; n < perClass; n++) {
      const raw = { width: side, height: side, channels: 3 } as const;
      await sharp(strayed(colour, spread, side, random), { raw })
        .png()
        .toFile(join(home, `${n}.png`));
    }
  }
}

/** Writes a clip in which the same things pass by, each for some seconds. */
export async function writeStudyClip(path: string, seconds: number, rateHz = 2, side = 48): Promise<void> {
  const random = seededRandom(9);
  const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${side}x${side}`, '-r', `${rateHz}`, '-i', 'pipe:0'];
  const output = ['-c:v', 'libx264', '-preset', 'veryfast', '-qp', '10', '-pix_fmt', 'yuv420p', path];
  await ffmpeg([...input, ...output], async (write) => {
    let shown = 0;
    for (let frame = 0; frame < seconds * rateHz; frame++) {
      if (frame % 3 === 0) shown = Math.floor(random() * STUDY_CLASSES.length);
      await write(strayed(STUDY_CLASSES[shown]?.colour ?? [0, 0, 0], 75, side, random));
    }
  });
}

function strayed(colour: Colour, spread: number, side: number, random: () => number): Buffer {
  const stray = colour.map(() => (random() - random()) * spread);
  const far = stray.reduce((sum, value) => sum + Math.abs(value), 0) > spread;
  return stripes(
    colour.map((value, c) => value + (stray[c] ?? 0)),
    far ? 40 : 5,
    side,
  );
}

/** Stripes of a mean colour. */
function stripes(mean: readonly number[], amplitude: number, side: number): Buffer {
  const pixels = Buffer.alloc(side * side * 3);
  for (let i = 0; i < pixels.length; i++) {
    const x = Math.floor(i / 3) % side;
    const value = (mean[i % 3] ?? 0) + (x % 4 < 2 ? amplitude : -amplitude);
    pixels[i] = Math.max(0, Math.min(255, Math.round(value)));
  }
  return pixels;
}
