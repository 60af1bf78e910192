import { useEffect, useState } from 'preact/hooks';

/** A part of the picture, in ratios of it: x, y, width, height. */
export interface Region {
  readonly name: string;
  readonly box: readonly [number, number, number, number];
}

interface RegionsProps {
  readonly regions: readonly Region[];
  /** What holds the picture. */
  readonly place: { readonly current: Element | null };
}

/** Outlines of regions, with their names, where the picture is within its frame. */
export function Regions({ regions, place }: RegionsProps) {
  const shape = useShape(place);
  if (shape === null) return null;
  const [width, height] = shape;
  const line = height / 22;
  return (
    <svg class="regions" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {regions.map(({ name, box: [x, y, w, h] }) => (
        <g key={name}>
          <rect x={x * width} y={y * height} width={w * width} height={h * height} />
          <text x={x * width + line / 2} y={(y + h) * height - line / 2} font-size={line}>
            {name}
          </text>
        </g>
      ))}
    </svg>
  );
}

/** Width and height of the picture that is shown, in its own pixels. */
function useShape(place: RegionsProps['place']): readonly [number, number] | null {
  const [shape, setShape] = useState<readonly [number, number] | null>(null);
  useEffect(() => {
    const { current } = place;
    const look = (event: Event) => {
      const { naturalWidth: width, naturalHeight: height } = event.target as HTMLImageElement;
      if (width > 0) setShape((before) => (before?.[0] === width && before[1] === height ? before : [width, height]));
    };
    // Loads are told to who captures alone.
    current?.addEventListener('load', look, true);
    return () => current?.removeEventListener('load', look, true);
  }, [place]);
  return shape;
}

/**
 * The regions of a camera's questions as parts of its picture, which shows the camera's own region alone.
 *
 * @param questions with views in ratios of the whole picture
 * @param own the camera's region
 */
export function regionsOf(
  questions: readonly { readonly id: string; readonly view?: { readonly box: readonly number[] } }[],
  own: readonly number[],
): Region[] {
  const [ownX = 0, ownY = 0, ownWidth = 1, ownHeight = 1] = own;
  const same = (box: readonly number[]) => box.every((value, at) => Math.abs(value - (own[at] ?? 0)) < 0.001);
  return questions.flatMap(({ id, view }) => {
    if (view === undefined || same(view.box)) return [];
    const [x = 0, y = 0, width = 1, height = 1] = view.box;
    const box = [(x - ownX) / ownWidth, (y - ownY) / ownHeight, width / ownWidth, height / ownHeight] as const;
    return [{ name: id, box }];
  });
}
