/** Words that mean the same everywhere, how names are compared, and how numbers are written. */

/** The question of a camera that was taught nothing, and the one that is meant where a file or a request names none. */
export const DEFAULT_QUESTION = 'default';

/** Id and name of the answer of what is none of a question's other answers: outside all groups, or far from all that was taught. */
export const OTHER = 'other';

/** In place of a class: what is seen is unclear, and neither a teacher nor a test is to use it. */
export const UNCLEAR = '~';

/** In place of the index of a class: nobody said what is seen; a teacher may. */
export const UNLABELLED = -1;
/** In place of the index of a class: not to be used for the question, as it is unclear, or labels contradict each other. */
export const UNUSED = -2;

/** Id of rung zero: computed on the spot from a small picture, without any network. */
export const ZERO = 'zero';

/** Names are compared without regard to case, and `_`, `-` and spaces are the same. */
export function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
}

/** `73.1 %`; a dash where there is no number. */
export function percent(ratio: number, digits = 1): string {
  return Number.isFinite(ratio) ? `${(ratio * 100).toFixed(digits)} %` : '–';
}
