import { suggestion } from '../artifact/problems.ts';
import type { SmoothingConfig } from '../config/smoothing.ts';
import { usageError } from '../errors.ts';
import { regionOfQuestion } from '../pipeline/region-climb.ts';
import type { SmoothingOf } from '../pipeline/stable.ts';
import type { LabelClass } from '../types.ts';
import { plainName } from '../words.ts';

interface Smoothed {
  readonly smoothing: SmoothingConfig;
}

/** How a camera's questions are smoothed: all of them alike, and of a camera with regions those of one region. */
export function smoothingOf(
  camera: Smoothed & { readonly settledRegions: readonly { readonly id: string; readonly camera: Smoothed }[] },
): SmoothingOf {
  const used = ({ smoothing }: Smoothed) => (smoothing.enabled ? smoothing : null);
  const ofRegions = new Map(camera.settledRegions.map((region) => [region.id, used(region.camera)]));
  const own = used(camera);
  return ({ id }) => (ofRegions.size === 0 ? own : (ofRegions.get(regionOfQuestion(id)) ?? null));
}

/**
 * Sees to it that every label with a demand of its own is an answer of the camera.
 *
 * @param classes all answers of its questions
 * @throws WeirError `smoothing-unknown-label` with the nearest known name
 */
export function requireSmoothedLabels(
  { id, smoothing }: { readonly id: string; readonly smoothing: SmoothingConfig },
  classes: readonly LabelClass[],
): void {
  const named = Object.keys(smoothing.labels);
  if (named.length === 0) return;
  const known = new Set(classes.flatMap((label) => [plainName(label.name), plainName(label.id)]));
  const unknown = named.filter((name) => !known.has(plainName(name)));
  if (unknown.length === 0) return;
  const names = [...new Set(classes.map(({ name }) => name))];
  const told = unknown.map((name) => `"${name}"${suggestion(name, names)}`).join(', ');
  throw usageError(
    'smoothing-unknown-label',
    `camera ${id}: smoothing.labels: ${told}: the camera has no such answer`,
    'name an answer of its questions, or take the entry out',
  );
}
