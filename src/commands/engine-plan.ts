import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Mode } from '../cascade/policy.ts';
import { usageError } from '../errors.ts';
import type { Heads } from '../heads/artifact.ts';
import { chooseSubset, ladderPath, readLadder, requireRung } from '../infer/ladder.ts';
import { type Premodel, readPremodel } from '../premodel/artifact.ts';
import { operatingPoint } from '../premodel/judge.ts';
import type { Ladder, Rung } from '../types.ts';
import { taughtRungs, taughtTops } from './taught.ts';

/** Which rungs an engine is to hold, and how it decides. */
export interface PlanSettings {
  readonly ladder: string;
  /** Path of a premodel; `null` for the one beside the ladder, if there is one. */
  readonly premodel: string | null;
  /** Rungs to use without a premodel; `null` for the premodel's, else the ladder's own choice. */
  readonly rungs: readonly string[] | null;
  /** What will be asked for: its rungs are loaded. */
  readonly uses: readonly Use[];
}

/** A way of deciding that will be asked for. */
export interface Use {
  readonly mode: Mode;
  /** `null`: any of the premodel's. */
  readonly operatingPoint: string | null;
  /** What a camera was taught, and whether it is asked for the ladder's labels all the same. */
  readonly taught?: { readonly heads: Heads; readonly generic: boolean };
  /** Whether answers are held against the top rung's: it is loaded then. */
  readonly isAudited?: boolean;
}

/** What an engine will hold. */
export interface EnginePlan {
  readonly ladder: Ladder;
  /** What climbs by the ladder's labels use, also where none is asked for yet: a reload may. */
  readonly premodel: Premodel | null;
  /** The ordered subset of such climbs. */
  readonly subset: readonly string[];
  /** Rungs that the uses need. */
  readonly rungs: readonly Rung[];
  /** The rung whose answers all others are held against. */
  readonly top: string;
  /** Rungs among them that heads read: none may stand in for another. */
  readonly taught: readonly string[];
  readonly notices: readonly string[];
}

const PREMODEL_FILE = 'premodel.json';

/**
 * Reads the ladder and its premodel, and checks that they have what the uses need. Opens no model file.
 *
 * @throws WeirError of the ladder or the premodel; `premodel-and-rungs` where both are named
 */
export async function planEngine(settings: PlanSettings): Promise<EnginePlan> {
  const path = ladderPath(settings.ladder);
  const ladder = await readLadder(path);
  if (settings.rungs !== null && settings.premodel !== null) {
    throw usageError(
      'premodel-and-rungs',
      `the premodel ${settings.premodel} has rungs of its own; ${settings.rungs.join(', ')} cannot be used with it`,
      'leave out the premodel, or the rungs',
    );
  }
  const asked = chooseSubset(ladder, settings.rungs); // also where it is not used: a rung that is not there is a mistake
  const premodel = settings.rungs === null ? await premodelOf(settings, ladder, path) : null;
  const generic = settings.uses.filter(({ taught }) => taught?.generic ?? true);
  const climbs = generic.filter(({ mode }) => mode.kind !== 'fixed');
  const notices: string[] = [];
  if (premodel === null && climbs.some(({ mode }) => mode.kind !== 'cascade')) {
    const why = settings.rungs === null ? `the ladder ${ladder.name} has no premodel` : 'rungs are named';
    notices.push(`${why}: frames are decided by a plain cascade; fit a premodel with \`weir train\``);
  }
  const subset = premodel?.rungs.map(({ id }) => id) ?? asked;
  const taught = settings.uses.flatMap(({ taught, mode, operatingPoint: point, isAudited = false }) => {
    if (taught === undefined) return [];
    const tops = isAudited && mode.kind !== 'fixed' ? taughtTops(taught.heads, ladder.reference) : [];
    return [...taughtRungs(taught.heads, mode, point), ...tops];
  });
  const isTopNeeded = climbs.some(({ isAudited = false }) => isAudited);
  const top = ladder.reference;
  const needed = new Set([
    ...taught,
    ...genericRungs(ladder, subset, premodel, generic),
    ...(isTopNeeded ? [top] : []),
  ]);
  const rungs = ladder.rungs.filter(({ id }) => needed.has(id));
  return { ladder, premodel, subset, rungs, top, taught, notices };
}

async function premodelOf({ premodel }: PlanSettings, ladder: Ladder, path: string): Promise<Premodel | null> {
  const beside = join(dirname(path), PREMODEL_FILE);
  if (premodel === null && !existsSync(beside)) return null;
  return await readPremodel(premodel ?? beside, ladder);
}

/** Rungs that are needed for the ladder's own labels. */
function genericRungs(
  ladder: Ladder,
  subset: readonly string[],
  premodel: Premodel | null,
  uses: readonly Use[],
): string[] {
  return uses.flatMap(({ mode, operatingPoint: name }) => {
    if (mode.kind === 'fixed') {
      requireRung(ladder, mode.rung, `mode fixed:${mode.rung}: `);
      return [mode.rung];
    }
    return premodel === null || name === null ? subset : operatingPoint(premodel, mode.kind, name).rungs;
  });
}
