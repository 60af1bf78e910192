/** A tile's height as a ratio of its width at which its picture is as wide as it is: 16:9, and what is told below. */
const HEIGHT_RATIO = 0.74;
/** Narrower tiles cannot be read from afar: the wall then scrolls. In pixels. */
const LEAST_WIDTH = 260;

/** How many tiles stand side by side, so that all are on the screen at once and as large as can be. In pixels. */
export function wallColumns(count: number, width: number, height: number): number {
  let best = { columns: 1, size: 0 };
  for (let columns = 1; columns <= Math.max(1, count); columns++) {
    const rows = Math.ceil(count / columns);
    const size = Math.min(width / columns, height / rows / HEIGHT_RATIO);
    if (size > best.size) best = { columns, size };
  }
  return best.size < LEAST_WIDTH ? Math.max(1, Math.floor(width / LEAST_WIDTH)) : best.columns;
}

/** A grid in which the last row is as wide as the others, however few stand in it. */
export interface WallGrid {
  readonly tracks: number;
  /** Tracks that a tile takes, in their order. */
  readonly spans: readonly number[];
}

/** Tiles of a row share its width; those of the last row too. */
export function wallGrid(count: number, columns: number): WallGrid {
  const last = count % columns === 0 ? columns : count % columns;
  const tracks = (columns * last) / divisor(columns, last);
  const full = count - last;
  return { tracks, spans: Array.from({ length: count }, (_, at) => tracks / (at < full ? columns : last)) };
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
