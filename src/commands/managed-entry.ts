import { formatPath, type Problem } from '../artifact/problems.ts';
import { type ApiEntry, apiEntry } from '../config/api-camera.ts';
import type { CameraConfig } from '../config/schema.ts';
import { isSameHost, splitUser } from '../config/source-user.ts';
import { usageError, type WeirError } from '../errors.ts';

/** A camera's entry as it is kept, and with all defaults. */
export interface CheckedEntry {
  readonly entry: ApiEntry;
  readonly camera: CameraConfig;
}

/** @throws WeirError `camera-invalid` with all that is wrong */
export function checkedEntry(body: unknown): CheckedEntry {
  const checked = apiEntry(body);
  if (Array.isArray(checked)) throw invalid(checked);
  return checked;
}

/**
 * An entry after a merge patch. Of user and password what the patch does not name stays, as long as the host does.
 *
 * @throws WeirError `camera-invalid`
 */
export function changedEntry({ entry: before }: CheckedEntry, patch: unknown): CheckedEntry {
  const { entry, camera } = checkedEntry(merged(before, withUserKept(before, patch)));
  if (camera.id === before.id) return { entry, camera };
  throw invalid([{ path: ['id'], message: `stays "${before.id}": add another camera instead` }]);
}

export function movedEntry<T extends CheckedEntry>(kept: T, operatingPoint: string): T {
  return { ...kept, entry: { ...kept.entry, operatingPoint }, camera: { ...kept.camera, operatingPoint } };
}

/** A patch of source, user or password with what it leaves as it is: all three are kept as one, in the source. */
function withUserKept(before: ApiEntry, patch: unknown): unknown {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const { source, username, password } = patch as Record<string, unknown>;
  if (source === undefined && username === undefined && password === undefined) return patch;
  const kept = splitUser(String(before.source));
  if (source !== undefined && typeof source !== 'string') return patch;
  const isKept = source === undefined || isSameHost(source, kept.source);
  const { source: _, ...user } = isKept ? kept : { source: '' };
  // A source with a user of its own says all.
  if (source !== undefined && splitUser(source).username !== undefined) return patch;
  if (username === null) return { ...patch, source: source ?? kept.source, password: null };
  return { source: kept.source, ...user, ...patch };
}

/** JSON Merge Patch (RFC 7396): `null` takes a key away. */
function merged(before: unknown, patch: unknown): unknown {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const isObject = before !== null && typeof before === 'object' && !Array.isArray(before);
  const result: Record<string, unknown> = isObject ? { ...before } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

function invalid(problems: readonly Problem[]): WeirError {
  const told = problems.map(({ path, message }) => `${formatPath(path) || 'the body'}: ${message}`);
  return usageError('camera-invalid', told.join('\n'), 'correct it; nothing of it was done');
}
