import { suggestion } from '../artifact/problems.ts';
import type { SmoothingConfig } from '../config/smoothing.ts';
import { usageError } from '../errors.ts';
import type { SmoothingOf } from '../pipeline/stable.ts';
import type { LabelClass } from '../types.ts';
import { plainName } from '../words.ts';

/** A camera, or one of its regions. */
interface Smoothed {
  readonly id: string;
  readonly smoothing: SmoothingConfig;
}

interface SmoothedCamera<Part extends Smoothed> {
  readonly settledRegions: readonly { readonly id: string; readonly camera: Part }[];
}

/** How a camera's questions are smoothed: all of them alike, but for those of regions that say it for themselves. */
export function smoothingOf(camera: Smoothed & SmoothedCamera<Smoothed>): SmoothingOf {
  const byRegion = new Map(camera.settledRegions.map((region) => [region.id, usedOf(region.camera)]));
  const used = usedOf(camera);
  // A region's questions are called `door`, `door/lock`.
  return ({ id }) => {
    const own = byRegion.get(id.split('/')[0] ?? id);
    return own === undefined ? used : own;
  };
}

function usedOf({ smoothing }: Smoothed): SmoothingConfig | null {
  return smoothing.enabled ? smoothing : null;
}

/**
 * The same for a camera with its regions: what these take over from it may name an answer of any of them.
 *
 * @param answersOf all answers of a part's questions; `null`: it is not known what they are
 * @throws WeirError `smoothing-unknown-label`
 */
export function requireSmoothed<Part extends Smoothed>(
  camera: Part & SmoothedCamera<Part>,
  answersOf: (part: Part) => LabelClass[] | null,
): void {
  const { settledRegions, smoothing } = camera;
  const parts = settledRegions.length === 0 ? [camera] : settledRegions.map((region) => region.camera);
  const sharing = parts.filter((part) => part.smoothing === smoothing).map(answersOf);
  const own = parts.filter((part) => part.smoothing !== smoothing);
  const shared = sharing.flatMap((answers) => answers ?? []);
  if (sharing.length > 0 && !sharing.includes(null)) requireSmoothedLabels(camera, shared);
  for (const part of own) {
    const answers = answersOf(part);
    if (answers !== null) requireSmoothedLabels(part, answers);
  }
}

/**
 * Sees to it that every label with a demand of its own is an answer of the camera.
 *
 * @param classes all answers of its questions
 * @throws WeirError `smoothing-unknown-label` with the nearest known name
 */
export function requireSmoothedLabels({ id, smoothing }: Smoothed, classes: readonly LabelClass[]): void {
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
