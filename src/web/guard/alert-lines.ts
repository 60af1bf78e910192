/** An alert as a line of the list. */
export interface AlertLine {
  readonly id: string;
  readonly atMs: number;
  readonly camera: string;
  /** One sentence. */
  readonly text: string;
}

/** Of several at once the newest is read out. */
const MOST_READ = 1;

/** Reads `GET /api/alerts`, newest first; what is no alert is passed over. */
export function alertsOf(answer: unknown): AlertLine[] {
  const { recent } = (answer ?? {}) as { recent?: unknown };
  const list = Array.isArray(recent) ? recent : [];
  return list
    .flatMap((item) => lineOf(item) ?? lineOf((item as { alert?: unknown } | null)?.alert) ?? [])
    .sort((a, b) => b.atMs - a.atMs);
}

/** Those that were not there at the last look; at the first look, none: they are old. */
export function newAlerts(known: readonly AlertLine[] | null, found: readonly AlertLine[]): AlertLine[] {
  if (known === null) return [];
  const ids = new Set(known.map(({ id }) => id));
  return found.filter(({ id }) => !ids.has(id)).slice(0, MOST_READ);
}

/** A tile is marked by an alert for so long. */
const FRESH_MS = 120_000;

/** The newest alert of a camera, while it is new. */
export function freshOf(lines: readonly AlertLine[], camera: string, nowMs: number): AlertLine | null {
  return lines.find((line) => line.camera === camera && nowMs - line.atMs < FRESH_MS) ?? null;
}

function lineOf(item: unknown): AlertLine | null {
  if (typeof item !== 'object' || item === null) return null;
  const { id, atMs, camera, text } = item as Record<string, unknown>;
  if (typeof atMs !== 'number' || typeof camera !== 'string' || typeof text !== 'string') return null;
  return { id: typeof id === 'string' ? id : `${atMs} ${camera} ${text}`, atMs, camera, text };
}
