import { useMemo } from 'preact/hooks';
import type { CameraModel } from '../store/camera.ts';
import { type Piece, pieces, STRIP_MS, type Strip, shares, stripWords } from '../store/strip.ts';

const LOOKS = 6;
const WIDTH = 300;
const HEIGHT = 14;
const SHOWN_SHARES = 3;

interface Look {
  readonly colour: number;
  readonly hatch: number;
}

/** Colour and hatch of a label's place: when the colours are used up they begin anew with other hatches. */
function lookOf(place: number): Look {
  return { colour: (place % LOOKS) + 1, hatch: ((place + Math.floor(place / LOOKS)) % LOOKS) + 1 };
}

/** The labels of the last minutes: coloured and hatched, with a legend and a text. Drawn anew once a second, which is all that it can show. */
export function StripView({
  strip,
  camera,
  nowMs,
}: {
  readonly strip: Strip;
  readonly camera: CameraModel;
  readonly nowMs: number;
}) {
  const second = Math.floor(nowMs / 1000);
  return useMemo(() => drawn(strip, camera, second * 1000 + 999), [strip, camera, second]);
}

function drawn(strip: Strip, camera: CameraModel, nowMs: number) {
  const all = pieces(strip.stretches, nowMs);
  const most = shares(all).slice(0, SHOWN_SHARES);
  return (
    <div class="strip">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={stripWords(all)}>
        {outlines(all, (label) => camera.placeOf(label)).map(({ place, path }) => (
          <g key={place}>
            <path d={path} class={`look-${lookOf(place).colour}`} />
            <path d={path} fill={`url(#hatch-${lookOf(place).hatch})`} />
          </g>
        ))}
      </svg>
      <div class="legend" aria-hidden="true">
        <span class="soft">{STRIP_MS / 60_000} min</span>
        {most.map(({ label, ratio }, at) => (
          // By its place, so that nothing moves when another label takes it.
          <Key
            key={at}
            look={lookOf(camera.placeOf(label))}
            label={label}
            percent={Math.max(1, Math.round(ratio * 100))}
          />
        ))}
      </div>
    </div>
  );
}

/** One outline for all pieces of a label, so that a strip costs the same however often its label changed. */
function outlines(all: readonly Piece[], placeOf: (label: string) => number): { place: number; path: string }[] {
  const paths = new Map<number, string>();
  for (const { label, from, length } of all) {
    const place = placeOf(label);
    const [x, width] = [(from * WIDTH).toFixed(2), Math.max(0.6, length * WIDTH).toFixed(2)];
    paths.set(place, `${paths.get(place) ?? ''}M${x} 0h${width}v${HEIGHT}h-${width}z`);
  }
  return [...paths].map(([place, path]) => ({ place, path }));
}

function Key({ look, label, percent }: { readonly look: Look; readonly label: string; readonly percent: number }) {
  return (
    <span class="key">
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <rect width="12" height="12" class={`look-${look.colour}`} />
        <rect width="12" height="12" fill={`url(#hatch-${look.hatch})`} />
      </svg>
      <span>{label}</span>
      <b>{percent} %</b>
    </span>
  );
}

/** The hatches that strips are drawn with; once in the page. */
export function Hatches() {
  return (
    <svg class="hatches" aria-hidden="true" width="0" height="0">
      <defs>
        <pattern id="hatch-1" width="6" height="6" patternUnits="userSpaceOnUse" />
        <pattern id="hatch-2" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path d="M0 0v6" />
        </pattern>
        <pattern id="hatch-3" width="5" height="5" patternUnits="userSpaceOnUse">
          <circle cx="2.5" cy="2.5" r="1.1" />
        </pattern>
        <pattern id="hatch-4" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
          <path d="M0 0v6" />
        </pattern>
        <pattern id="hatch-5" width="6" height="6" patternUnits="userSpaceOnUse">
          <path d="M0 0l6 6M6 0l-6 6" />
        </pattern>
        <pattern id="hatch-6" width="5" height="5" patternUnits="userSpaceOnUse">
          <path d="M0 2.5h5" />
        </pattern>
      </defs>
    </svg>
  );
}
