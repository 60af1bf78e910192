import { FEATURE_SIDE } from '../features/extractor.ts';
import { RASTER_SIZE, ZeroEmbedder } from '../heads/zero.ts';
import { type Material, materialOf } from './head-fit.ts';
import { type Lesson, type Lessons, rowsOfAny } from './lessons.ts';

/** A camera trembles, and the next car drives a little farther left: rung zero, which sees places, learns from shifted frames too. */
const SHIFTS = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;
/** Of more samples than this, each is shifted one way only. */
const MOST_FOR_ALL = 200;

/** Rung zero's embeddings of all samples, and after them those of the shifted ones. */
export interface ZeroMaterial {
  readonly material: Material;
  /** Lessons as given, with the shifted frames. */
  readonly lessons: Lessons;
}

/**
 * @param rasters `uint8 [count][48][48][3]`
 * @param background of `learnBackground`
 */
export function zeroMaterial(
  rasters: Uint8Array,
  count: number,
  background: Uint8Array,
  lessons: Lessons,
): ZeroMaterial {
  const rows = rowsOfAny(lessons);
  const embedder = new ZeroEmbedder(background);
  const d = embedder.dimensions;
  const copies = new Map<number, number[]>();
  const shifts: { row: number; shift: readonly [number, number] }[] = [];
  for (const [at, row] of rows.entries()) {
    const own = rows.length <= MOST_FOR_ALL ? SHIFTS : [SHIFTS[at % SHIFTS.length] ?? SHIFTS[0]];
    copies.set(
      row,
      own.map((shift) => count - 1 + shifts.push({ row, shift })),
    );
  }
  const raw = new Float32Array((count + shifts.length) * d);
  const raster = (row: number) => rasters.subarray(row * RASTER_SIZE, (row + 1) * RASTER_SIZE);
  for (let row = 0; row < count; row++) raw.set(embedder.embed(raster(row)), row * d);
  const moved = new Uint8Array(RASTER_SIZE);
  for (const [at, { row, shift }] of shifts.entries()) {
    shiftRaster(raster(row), shift, moved);
    raw.set(embedder.embed(moved), (count + at) * d);
  }
  const extended: Lessons = {
    final: withCopies(lessons.final, copies, count + shifts.length),
    folds: lessons.folds.map((lesson) => withCopies(lesson, copies, count + shifts.length)),
  };
  const used = [...rows, ...rows.flatMap((row) => copies.get(row) ?? [])];
  return { material: materialOf(raw, d, 'scene', used), lessons: extended };
}

/** The copies of a sample count as much as the sample, together. */
function withCopies(
  { rows, truth, weights }: Lesson,
  copies: ReadonlyMap<number, readonly number[]>,
  total: number,
): Lesson {
  const labels = new Int32Array(total);
  const counts = new Float64Array(total);
  labels.set(truth);
  counts.set(weights);
  const all = [...rows];
  for (const row of rows) {
    const own = copies.get(row) ?? [];
    for (const copy of own) {
      labels[copy] = truth[row] ?? 0;
      counts[copy] = (weights[row] ?? 0) / own.length;
      all.push(copy);
    }
  }
  return { rows: all, truth: labels, weights: counts };
}

/** Moves a raster by whole pixels; what comes in at a border is what lies there. */
function shiftRaster(raster: Uint8Array, [dx, dy]: readonly [number, number], into: Uint8Array): void {
  const inside = (value: number) => Math.min(FEATURE_SIDE - 1, Math.max(0, value));
  for (let y = 0, at = 0; y < FEATURE_SIDE; y++) {
    for (let x = 0; x < FEATURE_SIDE; x++) {
      const from = (inside(y + dy) * FEATURE_SIDE + inside(x + dx)) * 3;
      for (let c = 0; c < 3; c++) into[at++] = raster[from + c] ?? 0;
    }
  }
}
