import { toBudgetMs } from '../config/camera.ts';
import { lookedAt } from '../config/regions.ts';
import { cutter } from '../image/cut-out.ts';
import { type NeededPart, workingSizeForParts } from '../image/working-size.ts';
import type { AskedQuestion } from '../pipeline/question.ts';
import { askedOf, climbWithin, type RegionLimit, regionQuestionId } from '../pipeline/region-climb.ts';
import { type RegionPart, RegionsView } from '../pipeline/regions-view.ts';
import type { View } from '../pipeline/view.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import { type Box, type Frame, WHOLE_FRAME, type WorkingSize } from '../types.ts';
import type { Engine } from './engine.ts';
import { type SettledCamera, type SettledRegion, viewTaken } from './settled.ts';

/** What of an engine makes views. */
export type ViewEngine = Pick<Engine, 'questions' | 'climbOf' | 'working'>;

/** How the frames of a camera with regions are looked at. @param look how those of one without */
export function regionsViewOf(
  camera: SettledCamera,
  engine: ViewEngine,
  look: (camera: SettledCamera, engine: ViewEngine) => View,
): RegionsView {
  const regions = camera.settledRegions.map((region): RegionPart => {
    const limit: RegionLimit = { ms: null };
    const box = boxInFrame(camera, region);
    const size = sizeOfCut(region, engine.working);
    const view = look(region.camera, regionEngine(engine, region, size === 'none' ? box : null, limit));
    return {
      view,
      budgetShare: region.budgetShare,
      limit,
      cut: size === 'none' ? (frame) => frame : cutting(box, size),
    };
  });
  return new RegionsView({ regions, budgetMs: toBudgetMs(camera.budgetMs), clock: SYSTEM_CLOCK });
}

/** The size at which the frames of a camera with regions are kept: each region is to be as large as if it were looked at alone. */
export function keptForRegions(camera: SettledCamera, working: WorkingSize): WorkingSize {
  const needed = camera.settledRegions.map((region): NeededPart => {
    const { view, motion } = region.camera;
    // What moves is cut out of the picture at its full size, as far as `maxSide` lets it be kept.
    if (view === 'motion')
      return { box: WHOLE_FRAME, size: { aspect: 'keep', width: motion.maxSide, height: motion.maxSide } };
    return { box: boxInFrame(camera, region), size: working };
  });
  return workingSizeForParts(needed);
}

/** A region's box in ratios of the camera's frames, which show no more than what holds all regions. */
function boxInFrame(camera: SettledCamera, { camera: { region } }: SettledRegion): Box {
  const [left, top, width, height] = lookedAt(camera);
  const [x, y, w, h] = region;
  return [(x - left) / width, (y - top) / height, w / width, h / height];
}

/**
 * The size to which a region is cut out of each frame: its own, to find what moves in it; that at which frames taught it; `none`: no
 * copy is made, rungs look at a part of the frame.
 */
function sizeOfCut({ camera: { view, taught } }: SettledRegion, working: WorkingSize): WorkingSize | null | 'none' {
  if (view === 'motion') return null;
  return taught === null ? 'none' : working;
}

function cutting(box: Box, size: WorkingSize | null): (frame: Frame) => Frame {
  const cut = cutter(box, size);
  return (frame) => ({ ...frame, ...cut(frame) });
}

/** The engine as a region sees it: questions bear the region's name, and climbs keep to its part and its time. */
function regionEngine(
  engine: ViewEngine,
  { id, camera }: SettledRegion,
  box: Box | null,
  limit: RegionLimit,
): ViewEngine {
  const view = viewTaken(camera);
  const named = (question: AskedQuestion, taught: string | null) =>
    askedOf(question, regionQuestionId(id, taught), view);
  return {
    working: engine.working,
    questions: (wish) => {
      const { generic, taught } = engine.questions(wish);
      return {
        generic: generic === null ? null : named(generic, null),
        taught: taught.map((question) => named(question, question.id)),
      };
    },
    climbOf: (questions, heads) => {
      const climb = { ...engine.climbOf(questions, heads), limit };
      return box === null ? climb : climbWithin(climb, box);
    },
  };
}
