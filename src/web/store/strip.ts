/** The labels that held over the last minutes, as stretches one after another. */

export interface Stretch {
  /** `null`: nothing to say. */
  readonly label: string | null;
  readonly fromMs: number;
  /** When it was last seen to hold. */
  toMs: number;
}

export const STRIP_MS = 5 * 60_000;
/** More than what can be told apart in a strip; the oldest go first. */
const MAX_STRETCHES = 150;
/** Without a label for so long, nobody knows what held: a gap is left. */
const GAP_MS = 5_000;

export class Strip {
  readonly #stretches: Stretch[] = [];

  get stretches(): readonly Stretch[] {
    return this.#stretches;
  }

  /**
   * What held before the first answer that was heard, oldest first; what reaches into later stretches is cut off.
   */
  fill(earlier: readonly Stretch[]): void {
    const firstMs = this.#stretches[0]?.fromMs ?? Infinity;
    const fitting = earlier.filter(({ fromMs }) => fromMs < firstMs);
    this.#stretches.unshift(
      ...fitting.map(({ label, fromMs, toMs }) => ({ label, fromMs, toMs: Math.min(toMs, firstMs) })),
    );
    this.#forget((this.#stretches.at(-1)?.toMs ?? 0) - STRIP_MS);
  }

  /** An answer about a frame that arrived at a Unix time; one older than the newest is passed over. */
  add(label: string | null, atMs: number): void {
    const last = this.#stretches[this.#stretches.length - 1];
    if (last !== undefined && atMs <= last.toMs) return;
    const isNear = last !== undefined && atMs - last.toMs <= GAP_MS;
    if (last !== undefined && isNear) last.toMs = atMs;
    if (!isNear || last?.label !== label) this.#stretches.push({ label, fromMs: atMs, toMs: atMs });
    this.#forget(atMs - STRIP_MS);
  }

  #forget(beforeMs: number): void {
    let gone = Math.max(0, this.#stretches.length - MAX_STRETCHES);
    while ((this.#stretches[gone]?.toMs ?? Infinity) < beforeMs) gone++;
    if (gone > 0) this.#stretches.splice(0, gone);
  }
}

/** A stretch as it is drawn: ratios of the strip's length, and its label's place among those seen. */
export interface Piece {
  readonly label: string;
  readonly from: number;
  readonly length: number;
}

/** What of a strip is seen at a Unix time; nothing is drawn where there was nothing to say. */
export function pieces(stretches: readonly Stretch[], nowMs: number, lengthMs = STRIP_MS): Piece[] {
  const beginMs = nowMs - lengthMs;
  return stretches.flatMap(({ label, fromMs, toMs }) => {
    const [from, to] = [Math.max(fromMs, beginMs), Math.min(toMs, nowMs)];
    if (label === null || to <= from) return [];
    return [{ label, from: (from - beginMs) / lengthMs, length: (to - from) / lengthMs }];
  });
}

/** Share of the strip's drawn time by label, the largest first. */
export function shares(drawn: readonly Piece[]): { label: string; ratio: number }[] {
  const sums = new Map<string, number>();
  for (const { label, length } of drawn) sums.set(label, (sums.get(label) ?? 0) + length);
  const total = [...sums.values()].reduce((sum, length) => sum + length, 0);
  return [...sums].map(([label, length]) => ({ label, ratio: length / total })).sort((a, b) => b.ratio - a.ratio);
}

/** The strip in words, for who cannot see it. */
export function stripWords(drawn: readonly Piece[], minutes = STRIP_MS / 60_000): string {
  const all = shares(drawn);
  if (all.length === 0) return `Last ${minutes} minutes: nothing told yet.`;
  const told = all.slice(0, 4).map(({ label, ratio }) => `${label} ${Math.max(1, Math.round(ratio * 100))} %`);
  const rest = all.length > 4 ? `, and ${all.length - 4} more` : '';
  return `Last ${minutes} minutes: ${told.join(', ')}${rest}.`;
}
