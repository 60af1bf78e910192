import type { Box } from '../types.ts';
import type { ClimbParts } from './climb.ts';
import type { AskedQuestion } from './question.ts';

/** Until when a region is to be decided in the frame in hand, from its arrival; set anew for each. */
export interface RegionLimit {
  /** `null`: no limit. */
  ms: number | null;
}

/** A box within a box, in ratios of what the outer one is in ratios of. */
export function within([left, top, width, height]: Box, [x, y, w, h]: Box): Box {
  return [left + x * width, top + y * height, w * width, h * height];
}

/**
 * A climb for a part of each frame, without a copy of its pixels: who climbs speaks of boxes of the part, and what is run and
 * looked at are boxes of the frame.
 */
export function climbWithin(climb: ClimbParts, part: Box): ClimbParts {
  const { inference } = climb;
  return {
    ...climb,
    inference: {
      classes: inference.classes,
      embeddingSizes: inference.embeddingSizes,
      run: (request) => inference.run({ ...request, box: within(part, request.box) }),
    },
    raster: () => {
      const small = climb.raster();
      return (frame, box) => small(frame, within(part, box));
    },
  };
}

/** Id of a region's question: what something is there bears the region's own name, what was taught of it stands behind that. */
export function regionQuestionId(region: string, taught: string | null): string {
  return taught === null ? region : `${region}/${taught}`;
}

/** The region that a question of that id is about. */
export function regionOfQuestion(id: string): string {
  const [region = id] = id.split('/');
  return region;
}

/** A question, in all its gears and as the top rung answers it, under another id and of a part of the picture. */
export function askedOf(question: AskedQuestion, id: string, view: AskedQuestion['view']): AskedQuestion {
  const { cheaper, top, ...asked } = question;
  return {
    ...asked,
    id,
    ...(view === undefined ? {} : { view }),
    ...(top === undefined ? {} : { top: askedOf(top, id, view) }),
    ...(cheaper === undefined ? {} : { cheaper: cheaper.map((gear) => askedOf(gear, id, view)) }),
  };
}
