import { seededRandom, seedOf } from '../cascade/random.ts';
import { toBudgetMs } from '../config/camera.ts';
import { backgroundOf, type Heads } from '../heads/artifact.ts';
import { lookedAtSize } from '../image/picture-size.ts';
import { Resizer } from '../image/resize.ts';
import { workingSizer } from '../image/working-size.ts';
import type { Client } from '../infer/service-shares.ts';
import { HeadsGuard, type PictureCheck } from '../pipeline/guard.ts';
import { MotionView } from '../pipeline/motion-view.ts';
import type { ReuseParts } from '../pipeline/reuse.ts';
import { type View, WholeView } from '../pipeline/view.ts';
import { LUMA_HEIGHT, LUMA_WIDTH, toLuma } from '../scene/luma.ts';
import { MotionScene } from '../scene/motion.ts';
import { SceneWatch } from '../scene/moved.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import type { Logger } from '../service/log.ts';
import type { Raster, WorkingSize } from '../types.ts';
import type { Engine } from './engine.ts';
import { keptForRegions, regionsViewOf, type ViewEngine } from './run-regions.ts';
import { type SettledCamera, wishOf } from './settled.ts';
import { unchangedScene } from './unchanged-scene.ts';

/** How a camera's frames are looked at, by its configuration and what it was taught. */
export function viewOf(camera: SettledCamera, engine: ViewEngine, log: Pick<Logger, 'warn'>): View {
  if (camera.settledRegions.length > 0) {
    return regionsViewOf(camera, engine, (region, ofRegion) => viewOf(region, ofRegion, log));
  }
  const wish = wishOf(camera);
  const { generic, taught } = engine.questions(wish);
  const { region, maxReuseMs, memory, motion } = camera;
  const budgetMs = toBudgetMs(camera.budgetMs);
  const guard = guardOf(camera, log);
  const client = clientOf(camera);
  const climbOf: Engine['climbOf'] = (questions, heads) => ({ ...engine.climbOf(questions, heads), client });
  if (camera.view !== 'motion') {
    const climb = climbOf([...taught, ...(generic === null ? [] : [generic])], wish.heads);
    const scene = unchangedScene();
    const reuse = camera.reuse.enabled ? { ...auditsOf(camera, log), ...scene, maxReuseMs } : null;
    return new WholeView({
      climb,
      budgetMs,
      kind: camera.view,
      region,
      guard,
      reuse,
      difference: memory ? scene.change : null,
    });
  }
  const shared = { budgetMs, region, maxReuseMs };
  return new MotionView({
    scene: (size, tracksBefore) => new MotionScene(motion, size, tracksBefore),
    luma: smallLuma(),
    clock: SYSTEM_CLOCK,
    objects: generic === null ? null : { ...shared, climb: climbOf([generic], null) },
    states:
      taught.length === 0
        ? null
        : {
            ...shared,
            climb: climbOf(taught, wish.heads),
            atWorkingSize: workingSizer(engine.working),
            audits: auditsOf(camera, log),
            difference: memory ? unchangedScene().change : null,
          },
    guard,
  });
}

/** Who asks for the slots: a camera, its regions (`gate/door`) under its name. */
function clientOf({ id, priority }: SettledCamera): Client {
  const [camera = id] = id.split('/');
  return { camera, weight: priority };
}

/** The size at which a camera's frames are kept: to cut out what moves, they are kept as large as they may be. */
export function workingSizeOf(camera: SettledCamera, { working }: Pick<Engine, 'working'>): WorkingSize {
  const { view, motion, settledRegions } = camera;
  if (settledRegions.length > 0) return keptForRegions(camera, working);
  return view === 'motion' ? { aspect: 'keep', width: motion.maxSide, height: motion.maxSide } : working;
}

/** What is audited of a camera's answers. Which frames is left to chance, the same at every start. */
function auditsOf(
  { id, reuse }: Pick<SettledCamera, 'id' | 'reuse'>,
  log: Pick<Logger, 'warn'>,
): Pick<ReuseParts, 'audits' | 'random' | 'onNotice'> {
  return {
    audits: reuse.enabled ? reuse : null,
    random: seededRandom(seedOf(id)),
    onNotice: (text) => log.warn({ camera: id }, `camera ${id}: ${text}`),
  };
}

/** Makes the luma frame that motion is found in, `uint8 [LUMA_HEIGHT][LUMA_WIDTH]`; valid until the next call. */
function smallLuma(): (frame: Raster) => Uint8Array {
  const resizer = new Resizer();
  const [width, height] = [LUMA_WIDTH, LUMA_HEIGHT];
  const pixels = new Uint8Array(width * height * 3);
  const luma = new Uint8Array(width * height);
  return (frame) => {
    resizer.resize(frame, { pixels, offsetBytes: 0, strideBytes: width * 3, width, height });
    toLuma(pixels, luma);
    return luma;
  };
}

function guardOf(camera: SettledCamera, log: Pick<Logger, 'warn'>): HeadsGuard | null {
  const { id, taught, headsProblem } = camera;
  if (taught === null && headsProblem === null) return null;
  return new HeadsGuard({
    areUnusable: headsProblem !== null,
    watch: taught === null ? null : new SceneWatch(backgroundOf(taught.heads)),
    picture: taught === null ? null : pictureCheck(taught.heads, camera),
    onNotice: (text) => log.warn({ camera: id }, `camera ${id}: ${text}`),
  });
}

/** The source's own size tells most: frames are mostly scaled to one size, whatever they come from. */
function pictureCheck({ picture }: Heads, { view, rotate, region }: SettledCamera): PictureCheck | null {
  const { source: taught } = picture;
  if (taught !== undefined)
    return { taught, of: ({ source }) => (source ? lookedAtSize(source, rotate, region) : null) };
  // Where things are cut out, frames are kept larger than when it was taught: their size tells nothing.
  return view === 'motion' ? null : { taught: picture, of: (frame) => frame };
}
