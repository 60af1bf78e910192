import type { Part } from './part.ts';

/** Parts nearer than this share of the larger one's side, in cells between these, belong together. */
const NEAR = { ratio: 1 / 16, least: 1, most: 4 } as const;

/**
 * Joins parts of one thing, by their boxes.
 *
 * @param parts changed: what is joined is taken away, and the rest is larger
 * @param alias written: the id under which each part's cells count now, by the id in the map; 0 for those of none; uint8 [256]
 */
export function joinNear(parts: Part[], alias: Uint8Array): void {
  alias.fill(0);
  for (const part of parts) alias[part.id] = part.id;
  for (let joined = true; joined; ) {
    joined = false;
    for (let a = 0; a < parts.length; a++) {
      for (let b = a + 1; b < parts.length; b++) {
        const one = parts[a] as Part;
        const other = parts[b] as Part;
        if (!isNear(one, other)) continue;
        join(one, other);
        for (let id = 1; id < alias.length; id++) if (alias[id] === other.id) alias[id] = one.id;
        parts[b] = parts[parts.length - 1] as Part;
        parts.length--;
        joined = true;
        b--;
      }
    }
  }
}

function isNear(one: Part, other: Part): boolean {
  const gapX = Math.max(one.left, other.left) - Math.min(one.right, other.right);
  const gapY = Math.max(one.top, other.top) - Math.min(one.bottom, other.bottom);
  const side = Math.max(one.right - one.left, one.bottom - one.top, other.right - other.left, other.bottom - other.top);
  return Math.max(gapX, gapY) <= Math.min(NEAR.most, NEAR.least + NEAR.ratio * side);
}

function join(into: Part, from: Part): void {
  into.left = Math.min(into.left, from.left);
  into.top = Math.min(into.top, from.top);
  into.right = Math.max(into.right, from.right);
  into.bottom = Math.max(into.bottom, from.bottom);
  into.cells += from.cells;
  into.strong += from.strong;
  into.kept += from.kept;
  into.stayed += from.stayed;
  into.difference += from.difference;
  into.edgesNow += from.edgesNow;
  into.edgesBefore += from.edgesBefore;
}
