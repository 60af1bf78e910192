/**
 * A head on one rung's embedding: multinomial logistic regression, and a distance to the class means for what belongs to no
 * class. Arrays are row-major.
 */
export interface Head {
  /** `float32 [classes][d]` */
  readonly weights: Float32Array;
  /** `float32 [classes]` */
  readonly bias: Float32Array;
  /** Mean embedding of each class, `float32 [classes][d]`. */
  readonly means: Float32Array;
  readonly other: OtherLimit;
}

/**
 * From which distance a frame belongs to no class: with D the Euclidean distance to the nearest class mean, the log-odds of
 * `other` against all classes together are `slope · (D / limit − 1)`.
 */
export interface OtherLimit {
  readonly limit: number;
  readonly slope: number;
}

/** Beyond this many nats `other` is certain, or out of the question. */
const MOST_LOG_ODDS = 20;

/**
 * Writes the logits of the classes and, last, of `other`.
 *
 * @param embedding `float32 [d]`
 * @param into `float32 [classes + 1]`
 */
export function applyHead({ weights, bias, means, other }: Head, embedding: Float32Array, into: Float32Array): void {
  const d = embedding.length;
  const classes = bias.length;
  let nearest = Infinity;
  let most = -Infinity;
  for (let k = 0; k < classes; k++) {
    let logit = bias[k] ?? 0;
    let square = 0;
    for (let j = 0, at = k * d; j < d; j++, at++) {
      const x = embedding[j] as number;
      const away = x - (means[at] as number);
      logit += (weights[at] as number) * x;
      square += away * away;
    }
    into[k] = logit;
    if (logit > most) most = logit;
    if (square < nearest) nearest = square;
  }
  let sum = 0;
  for (let k = 0; k < classes; k++) sum += Math.exp((into[k] ?? 0) - most);
  into[classes] = most + Math.log(sum) + otherLogOdds(Math.sqrt(nearest), other);
}

/** Log-odds of `other` at a distance from the nearest class mean. */
export function otherLogOdds(distance: number, { limit, slope }: OtherLimit): number {
  return Math.min(MOST_LOG_ODDS, Math.max(-MOST_LOG_ODDS, slope * (distance / limit - 1)));
}
