/** Stages before a rung has said anything of a picture that is kept. */
const BEFORE = ['', 'reading the data set', 'reading footage', 'times of every rung'];

/**
 * What is told when long work was stopped. Times of rungs are measured in turn and kept together when all are known; what rungs say
 * of pictures is kept picture by picture.
 *
 * @param stage that it had come to
 */
export function stoppedWords(stage: string, cache: string): string {
  return BEFORE.includes(stage)
    ? `stopped before pictures were looked at: the same command begins anew (what earlier ones measured is kept in ${cache})`
    : `stopped; what was measured is kept in ${cache}, and the same command goes on from there`;
}
