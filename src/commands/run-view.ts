import { toBudgetMs } from '../config/camera.ts';
import { backgroundOf } from '../heads/artifact.ts';
import { HeadsGuard, type SceneWatching } from '../pipeline/guard.ts';
import { type View, WholeView } from '../pipeline/view.ts';
import type { Logger } from '../service/log.ts';
import type { WorkingSize } from '../types.ts';
import type { Engine } from './engine.ts';
import { type SettledCamera, wishOf } from './settled.ts';

/** How a camera's frames are looked at, by its configuration and what it was taught. */
export function viewOf(camera: SettledCamera, engine: Engine, log: Pick<Logger, 'warn'>): View {
  const wish = wishOf(camera);
  const { generic, taught } = engine.questions(wish);
  const budgetMs = toBudgetMs(camera.budgetMs);
  const guard = guardOf(camera, log);
  const questions = [...taught, ...(generic === null ? [] : [generic])];
  const climb = engine.climbOf(questions, wish.heads);
  const kind = camera.view === 'crop' ? 'crop' : 'frame';
  return new WholeView({ climb, budgetMs, kind, region: camera.region, guard });
}

/** The size at which a camera's frames are kept: to cut out what moves, they are kept as large as they may be. */
export function workingSizeOf({ view, motion }: SettledCamera, { working }: Pick<Engine, 'working'>): WorkingSize {
  return view === 'motion' ? { aspect: 'keep', width: motion.maxSide, height: motion.maxSide } : working;
}

function guardOf({ id, taught, view }: SettledCamera, log: Pick<Logger, 'warn'>): HeadsGuard | null {
  if (taught === null) return null;
  const { heads } = taught;
  const watch: SceneWatching = { observe: () => 'same' };
  backgroundOf(heads);
  // Where things are cut out, frames are kept at another size than when it was taught, and are scaled down as they were then.
  const picture = view === 'motion' ? null : heads.picture;
  return new HeadsGuard({ watch, picture, onNotice: (text) => log.warn({ camera: id }, `camera ${id}: ${text}`) });
}
