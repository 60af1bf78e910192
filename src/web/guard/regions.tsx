import { useEffect, useState } from 'preact/hooks';
import type { Region } from './region-boxes.ts';

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
