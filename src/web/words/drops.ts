import type { FiguresAnswer } from '../wire.ts';
import { counted } from './numbers.ts';

/** What was left out: `3 of 1,204 frames (2 displaced, 1 budget); 6 answers in the others`. */
export function dropWords({ frames, unanswered = 0 }: FiguresAnswer): string {
  const kinds = Object.entries(frames.dropped).filter(([, count]) => count > 0);
  const all = kinds.reduce((sum, [, count]) => sum + count, 0);
  const why =
    kinds.length === 0 ? '' : ` (${kinds.map(([kind, count]) => `${count.toLocaleString('en')} ${kind}`).join(', ')})`;
  const rest = unanswered === 0 ? '' : `; ${counted(unanswered, 'answer')} in the others`;
  return `${all.toLocaleString('en')} of ${counted(frames.in, 'frame')}${why}${rest}`;
}
