import { z } from 'zod';
import type { Box } from '../types.ts';
import { box, heads, id, maxReuseMs, motion, names, view } from './look.ts';
import { reuse } from './reuse.ts';
import { smoothing } from './smoothing.ts';

const SHARE = 'must be above 0 and at most 1: a part of the time that is there for a frame';

/** A part of a camera's picture that is looked at by itself. What it does not say is as its camera says. */
const region = z.strictObject({
  id,
  region: box,
  view: view.optional(),
  groups: names('a group').optional(),
  only: names('a group or label').optional(),
  ignore: names('a group or label').optional(),
  generic: z.boolean().optional(),
  heads: heads.optional(),
  motion: motion.optional(),
  maxReuseMs: maxReuseMs.optional(),
  memory: z.boolean().optional(),
  reuse: reuse.optional(),
  smoothing: smoothing.optional(),
  budgetShare: z.number().gt(0, SHARE).max(1, SHARE).optional(),
});

type RegionConfig = z.infer<typeof region>;

export const regions = z.array(region).max(32, 'must be at most 32 regions');

/** What of a camera's entry decides over its regions. */
interface WithRegions {
  readonly regions: readonly RegionConfig[];
  readonly region: Box;
  readonly view: z.infer<typeof view>;
  readonly heads?: string | undefined;
  readonly examples: { readonly keep: boolean };
}

/** Something that is wrong with a camera's regions, and the key that it is about, below the camera. */
interface RegionProblem {
  readonly path: (string | number)[];
  readonly message: string;
}

/** Beyond this, shares that add up to 1 on paper add up to more. */
const ROUNDING = 1e-9;

/** All that is wrong with the regions of a camera, each by itself being right. */
export function regionProblems(camera: WithRegions): RegionProblem[] {
  const { regions: all } = camera;
  if (all.length === 0) return [];
  const problems: RegionProblem[] = [];
  const tell = (path: (string | number)[], message: string) => problems.push({ path, message });
  for (const [index, { id: name }] of all.entries()) {
    const first = all.findIndex((other) => other.id === name);
    if (first < index) {
      tell(['regions', index, 'id'], `"${name}" is already the id of regions[${first}]: ids must differ`);
    }
  }
  for (const [
    index,
    {
      view: own,
      region: [, , width, height],
    },
  ] of all.entries()) {
    if ((own ?? camera.view) !== 'crop' || width * height < 1) continue;
    tell(['regions', index, 'view'], 'crop needs a region that is smaller than the frame');
  }
  const [, , width, height] = camera.region;
  if (width * height < 1) {
    tell(
      ['region'],
      'a camera with regions has none of its own: each of them says which part of the whole frame it is',
    );
  }
  if (camera.heads !== undefined) tell(['heads'], 'heads belong to a region: name them there, under regions');
  if (camera.examples.keep) {
    tell(
      ['examples', 'keep'],
      'pictures of a camera with regions are not kept: they would not show a region as it is seen',
    );
  }
  const given = all.reduce((sum, { budgetShare = 0 }) => sum + budgetShare, 0);
  if (given > 1 + ROUNDING) {
    tell(['regions'], `their budgetShare add up to ${Number(given.toFixed(6))}: they must add up to at most 1`);
  } else if (given > 1 - ROUNDING) {
    const left = all.find(({ budgetShare }) => budgetShare === undefined);
    if (left !== undefined) {
      tell(['regions'], `the others' budgetShare leave nothing for region "${left.id}": give it one, and them less`);
    }
  }
  return problems;
}

/**
 * What share of a frame's time each region has: its own, or an equal part of what those that have one leave.
 *
 * @returns in the order of the regions, each above 0, together at most 1
 */
export function budgetShares(all: readonly Pick<RegionConfig, 'budgetShare'>[]): number[] {
  const given = all.reduce((sum, { budgetShare = 0 }) => sum + budgetShare, 0);
  const without = all.filter(({ budgetShare }) => budgetShare === undefined).length;
  return all.map(({ budgetShare }) => budgetShare ?? (1 - given) / without);
}

/** The part of its picture that a camera looks at: what holds all of its regions, where it has some. */
export function lookedAt({ region: own, regions: all }: Pick<WithRegions, 'region' | 'regions'>): Box {
  if (all.length === 0) return own;
  const left = Math.min(...all.map(({ region: [x] }) => x));
  const top = Math.min(...all.map(({ region: [, y] }) => y));
  const right = Math.max(...all.map(({ region: [x, , width] }) => x + width));
  const bottom = Math.max(...all.map(({ region: [, y, , height] }) => y + height));
  return [left, top, Math.min(1, right) - left, Math.min(1, bottom) - top];
}
