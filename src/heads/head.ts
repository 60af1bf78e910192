/**
 * A head on one rung's embedding: multinomial logistic regression, and a distance to the class means for what belongs to no
 * class. Arrays are row-major.
 */
export interface Head {
  /** In which space weights and means live. */
  readonly space: Space;
  /** `float32 [classes][d]` */
  readonly weights: Float32Array;
  /** `float32 [classes]` */
  readonly bias: Float32Array;
  /** Mean of each class, `float32 [classes][d]`. */
  readonly means: Float32Array;
  readonly other: OtherLimit;
}

/**
 * `scene`: rung zero's: the embedding as it is, but for the last value, which is the distance of `other`. `root`: the signed root of each value, then length 1: pooled activations are counts, of which
 * the root makes differences comparable (the Hellinger kernel; Arandjelović & Zisserman, "Three things everyone should know to
 * improve object retrieval", 2012), and distances between any two pictures then lie on one scale, whatever the rung.
 */
export type Space = 'scene' | 'root';

/**
 * From which distance a frame belongs to no class: with D the Euclidean distance to the nearest class mean, or how unlike the
 * background's a frame's structure is, the log-odds of
 * `other` against all classes together are `slope · (D / limit − 1)`.
 */
export interface OtherLimit {
  readonly limit: number;
  readonly slope: number;
}

/** Beyond this many nats `other` is certain, or out of the question. */
const MOST_LOG_ODDS = 20;

let logits = new Float64Array(8);
let squares = new Float64Array(8);

/**
 * Writes the logits of the classes and, last, of `other`.
 *
 * @param embedding `float32 [d]`, as the rung gives it
 * @param into `float32 [classes + 1]`
 */
export function applyHead(head: Head, embedding: Float32Array, into: Float32Array): void {
  const { weights, bias, means, other } = head;
  const d = embedding.length;
  const classes = bias.length;
  if (logits.length < classes) {
    logits = new Float64Array(classes);
    squares = new Float64Array(classes);
  }
  for (let k = 0; k < classes; k++) {
    logits[k] = bias[k] as number;
    squares[k] = 0;
  }
  const isRoot = head.space === 'root';
  const scale = isRoot ? rootScale(embedding) : 1;
  for (let j = 0; j < d; j++) {
    const raw = embedding[j] as number;
    const x = isRoot ? scale * signedRoot(raw) : raw;
    for (let k = 0, at = j; k < classes; k++, at += d) {
      const away = x - (means[at] as number);
      logits[k] = (logits[k] as number) + (weights[at] as number) * x;
      squares[k] = (squares[k] as number) + away * away;
    }
  }
  let most = -Infinity;
  let nearest = Infinity;
  for (let k = 0; k < classes; k++) {
    most = Math.max(most, logits[k] as number);
    nearest = Math.min(nearest, squares[k] as number);
  }
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    into[k] = logits[k] as number;
    sum += Math.exp((logits[k] as number) - most);
  }
  const distance = isRoot ? Math.sqrt(nearest) : (embedding[d - 1] as number);
  into[classes] = most + Math.log(sum) + otherLogOdds(distance, other);
}

/** Log-odds of `other` at a distance from the nearest class mean. */
export function otherLogOdds(distance: number, { limit, slope }: OtherLimit): number {
  return Math.min(MOST_LOG_ODDS, Math.max(-MOST_LOG_ODDS, slope * (distance / limit - 1)));
}

/** Embeddings in the space of a head, rounded to `float32`. @param x `float32 [count][d]` */
export function inSpace(space: Space, x: Float32Array, d: number): Float32Array {
  const out = new Float32Array(x);
  if (space === 'scene') {
    for (let at = d - 1; at < x.length; at += d) out[at] = 0; // tells no class from another
    return out;
  }
  for (let at = 0; at < x.length; at += d) {
    const scale = rootScale(x.subarray(at, at + d));
    for (let j = at; j < at + d; j++) out[j] = scale * signedRoot(x[j] as number);
  }
  return out;
}

function signedRoot(value: number): number {
  return value < 0 ? -Math.sqrt(-value) : Math.sqrt(value);
}

/** One over the length of the roots; of a vector of zeros 0. */
function rootScale(embedding: Float32Array): number {
  let sum = 0;
  for (let j = 0; j < embedding.length; j++) sum += Math.abs(embedding[j] as number);
  return sum > 0 ? 1 / Math.sqrt(sum) : 0;
}
