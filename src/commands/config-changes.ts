import { canonicalJson } from '../artifact/write.ts';
import type { Config } from '../config/schema.ts';

/** Ids of cameras, by what becomes of them. */
export interface CameraChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

interface Identified {
  readonly id: string;
}

/** What turns one list of cameras into another. */
export function compareCameras<T extends Identified>(before: readonly T[], after: readonly T[]): CameraChanges {
  const old = new Map(before.map((camera) => [camera.id, canonicalJson(camera)]));
  const kept = new Set(after.map(({ id }) => id));
  return {
    added: after.flatMap(({ id }) => (old.has(id) ? [] : [id])),
    removed: before.flatMap(({ id }) => (kept.has(id) ? [] : [id])),
    changed: after.flatMap((camera) => {
      const was = old.get(camera.id);
      return was === undefined || was === canonicalJson(camera) ? [] : [camera.id];
    }),
  };
}

/** Keys that a running daemon takes over. */
const LIVE = new Set(['cameras', 'groups', 'mode', 'operatingPoint', 'alerts', 'log.level']);

/** Keys that differ and need a restart, as paths: `server.port`. */
export function restartKeys(before: Config, after: Config): string[] {
  return differences(before, after, '').filter((path) => !LIVE.has(path));
}

/** Paths at which two values differ; lists are compared whole. */
function differences(before: unknown, after: unknown, path: string): string[] {
  if (LIVE.has(path)) return [];
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differences(before[key], after[key], path === '' ? key : `${path}.${key}`));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [path];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
