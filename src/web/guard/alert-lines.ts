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

function lineOf(item: unknown): AlertLine | null {
  if (typeof item !== 'object' || item === null) return null;
  const { id, atMs, camera, text } = item as Record<string, unknown>;
  if (typeof atMs !== 'number' || typeof camera !== 'string' || typeof text !== 'string') return null;
  return { id: typeof id === 'string' ? id : `${atMs} ${camera} ${text}`, atMs, camera, text };
}
