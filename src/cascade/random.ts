import { createHash } from 'node:crypto';

/** Numbers in [0, 1) from a seed: mulberry32 (T. Ettinger, 2017). The same seed gives the same numbers everywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A seed from a name: names that are alike give seeds that are not. */
export function seedOf(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32LE();
}

/** Numbers in [0, 1) for one purpose: of two seeds, or two purposes, none repeats what another gives. */
export function randomFor(purpose: string, seed: number): () => number {
  return seededRandom(seedOf(`${purpose} ${seed}`));
}

/** Fisher–Yates shuffle in place. */
export function shuffle<T>(items: T[], random: () => number): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}
