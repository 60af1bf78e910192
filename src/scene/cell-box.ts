/** Cells; right and bottom are beyond the last. */
export interface CellBox {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export const middleX = (box: CellBox): number => (box.left + box.right) / 2;
export const middleY = (box: CellBox): number => (box.top + box.bottom) / 2;
export const sideOf = (box: CellBox): number => Math.max(box.right - box.left, box.bottom - box.top);
export const areaOf = (box: CellBox): number => (box.right - box.left) * (box.bottom - box.top);

/** Intersection over union of two boxes, the first moved by so much. */
export function overlap(one: CellBox, other: CellBox, dx = 0, dy = 0): number {
  const inner = shared(one, other, dx, dy);
  return inner / (areaOf(one) + areaOf(other) - inner);
}

/** Cells that two boxes have in common, the first moved by so much. */
export function shared(one: CellBox, other: CellBox, dx = 0, dy = 0): number {
  const width = Math.min(one.right + dx, other.right) - Math.max(one.left + dx, other.left);
  const height = Math.min(one.bottom + dy, other.bottom) - Math.max(one.top + dy, other.top);
  return width <= 0 || height <= 0 ? 0 : width * height;
}
