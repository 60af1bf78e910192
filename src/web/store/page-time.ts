import type { DrawingTime } from './drawing.ts';

/** A page's time: draws fall on the browser's own frames; none while it is hidden. */
export const PAGE_TIME: DrawingTime = {
  nowMs: () => performance.now(),
  later: (callback, afterMs) => {
    setTimeout(() => requestAnimationFrame(callback), afterMs);
  },
};
