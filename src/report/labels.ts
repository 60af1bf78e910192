/** A point of a chart that wants a name beside it; in pixels. */
export interface Named {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** Diameter of its symbol. */
  readonly size: number;
}

/** Where a name stands, in the words of ECharts. */
export interface Place {
  readonly position: 'left' | 'right' | 'top' | 'bottom';
  readonly offset: readonly [number, number];
}

interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Space between symbol and name. */
export const LABEL_DISTANCE = 4;
/** Of common typefaces, in parts of the font size. */
const CHARACTER_WIDTH = 0.57;

const PLACES: readonly Place[] = [
  { position: 'right', offset: [0, 0] },
  { position: 'left', offset: [0, 0] },
  { position: 'top', offset: [0, 0] },
  { position: 'bottom', offset: [0, 0] },
  { position: 'right', offset: [-2, -11] },
  { position: 'right', offset: [-2, 11] },
  { position: 'left', offset: [2, -11] },
  { position: 'left', offset: [2, 11] },
];

/**
 * A place for each name at which it covers no symbol and no other name, nor if possible one of the `avoided` positions; those that
 * come first choose first. `null` where there is no place, and for empty names.
 */
export function placeLabels(
  points: readonly Named[],
  within: Area,
  fontSize: number,
  avoided: readonly (readonly [number, number])[] = [],
): (Place | null)[] {
  const symbols = points.map(({ x, y, size }) => around(x, y, size + 1, size + 1));
  const taken: Area[] = [];
  return points.map((point, own) => {
    if (point.text === '') return null;
    const free = PLACES.map((place) => ({ place, area: labelArea(point, place, fontSize) })).filter(
      ({ area }) =>
        holds(within, area) &&
        !taken.some((other) => overlap(area, other)) &&
        !symbols.some((symbol, k) => k !== own && overlap(area, symbol)),
    );
    const clear = free.find(({ area }) => !avoided.some(([x, y]) => overlap(area, around(x, y, 2, 2))));
    const best = clear ?? free[0];
    if (best === undefined) return null;
    taken.push(best.area);
    return best.place;
  });
}

function labelArea({ x, y, text, size }: Named, { position, offset }: Place, fontSize: number): Area {
  const width = text.length * fontSize * CHARACTER_WIDTH;
  const height = fontSize * 1.15;
  const sideways = size / 2 + LABEL_DISTANCE + width / 2;
  const upwards = size / 2 + LABEL_DISTANCE + height / 2;
  const [dx, dy] = {
    left: [-sideways, 0] as const,
    right: [sideways, 0] as const,
    top: [0, -upwards] as const,
    bottom: [0, upwards] as const,
  }[position];
  return around(x + dx + offset[0], y + dy + offset[1], width, height);
}

function around(x: number, y: number, width: number, height: number): Area {
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
}

function overlap(a: Area, b: Area): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function holds(outer: Area, inner: Area): boolean {
  return (
    inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom
  );
}
