import { OUTPUT_FEATURES } from '../cascade/outputs.ts';
import { type Histories, type History, lastOf } from './histories.ts';
import { fitLogistic, type LogisticModel, logistic } from './logistic.ts';

/** For each rung of the ordered subset: how likely an answer is right that ends with it. */
export interface DeferralFit {
  readonly models: readonly LogisticModel[];
  /** By history: that probability for every sample, from models that were fitted without its fold. */
  readonly outOfFold: ReadonlyMap<History, Float64Array>;
}

const PENALTY = 3;

/** What deferral models are fitted from. */
export interface DeferralInputs {
  readonly histories: Histories;
  /** Chosen features, `float64 [rows][columns]`: of every sample once, or of all of them several times over. */
  readonly images: Float64Array;
  readonly columns: number;
  /** By row. */
  readonly folds: Uint8Array;
  readonly foldCount: number;
  /** What else is read of a row and of what the rungs so far say of it. */
  readonly recalled?: {
    readonly columns: number;
    readonly write: (history: History, row: number, into: Float64Array, at: number) => void;
  };
}

/**
 * Fits a logistic model per rung on what the rungs so far say (`OUTPUT_FEATURES`) and on features, over all histories that
 * end with that rung: it serves whatever ran before.
 */
export function fitDeferral(inputs: DeferralInputs): DeferralFit {
  const { histories, columns, folds, foldCount, recalled } = inputs;
  const count = folds.length;
  const width = OUTPUT_FEATURES.length + columns + (recalled?.columns ?? 0);
  const models: LogisticModel[] = [];
  const outOfFold = new Map<History, Float64Array>();
  const rungs = 1 + Math.max(...histories.all.map(lastOf));
  for (let rung = 0; rung < rungs; rung++) {
    const mine = histories.all.filter((history) => lastOf(history) === rung);
    const x = new Float64Array(mine.length * count * width);
    const y = new Uint8Array(mine.length * count);
    for (const [h, history] of mine.entries()) fill(x, y, h * count, width, inputs, history);
    const rowsWhere = (wanted: (fold: number) => boolean) => {
      const rows: number[] = [];
      for (let row = 0; row < y.length; row++) if (wanted(folds[row % count] ?? 0)) rows.push(row);
      return rows;
    };
    models.push(
      fitLogistic(
        x,
        width,
        y,
        rowsWhere(() => true),
        PENALTY,
      ),
    );
    const predicted = mine.map(() => new Float64Array(count));
    for (let fold = 0; fold < foldCount; fold++) {
      const model = fitLogistic(
        x,
        width,
        y,
        rowsWhere((other) => other !== fold),
        PENALTY,
      );
      for (const row of rowsWhere((other) => other === fold)) {
        const values = predicted[Math.floor(row / count)];
        if (values !== undefined) values[row % count] = logistic(model, x.subarray(row * width, (row + 1) * width));
      }
    }
    for (const [h, history] of mine.entries()) outOfFold.set(history, predicted[h] as Float64Array);
  }
  return { models, outOfFold };
}

/** Weights of output features where nothing was learnt. */
export type GivenWeights = Readonly<Partial<Record<(typeof OUTPUT_FEATURES)[number], number>>>;

/** The confidence of the answer in hand. */
export const AT_ITS_WORD: GivenWeights = { logOdds: 1 };

/**
 * For answers that err towards doubt, as heads do whose penalty and temperature few moments may not lower. Merging takes the mean
 * of log-probabilities, so that a rung that knows nothing halves the certainty of the next one, though it says nothing against it:
 * the last rung's own certainty counts besides.
 */
export const DOUBTING: GivenWeights = { logOdds: 0.7, lastLogOdds: 0.7 };

/** Where too few samples teach nothing. */
export function unfitDeferral(histories: Histories, rungs: number, weights: GivenWeights = AT_ITS_WORD): DeferralFit {
  const width = OUTPUT_FEATURES.length;
  const model = { intercept: 0, weights: OUTPUT_FEATURES.map((name) => weights[name] ?? 0) };
  const outOfFold = new Map<History, Float64Array>();
  for (const history of histories.all) {
    const outputs = histories.outputs(history);
    const count = outputs.length / width;
    outOfFold.set(
      history,
      Float64Array.from({ length: count }, (_, i) => logistic(model, outputs.subarray(i * width, (i + 1) * width))),
    );
  }
  return { models: Array.from({ length: rungs }, () => model), outOfFold };
}

function fill(
  x: Float64Array,
  y: Uint8Array,
  start: number,
  width: number,
  { histories, images, columns, folds, recalled }: DeferralInputs,
  history: History,
): void {
  const outputs = histories.outputs(history);
  const right = histories.right(history);
  const own = OUTPUT_FEATURES.length;
  for (let i = 0; i < folds.length; i++) {
    const at = (start + i) * width;
    const sample = i % right.length;
    x.set(outputs.subarray(sample * own, (sample + 1) * own), at);
    x.set(images.subarray(i * columns, (i + 1) * columns), at + own);
    recalled?.write(history, i, x, at + own + columns);
    y[start + i] = right[sample] ?? 0;
  }
}
