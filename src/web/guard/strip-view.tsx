import type { CameraModel } from '../store/camera.ts';
import { pieces, STRIP_MS, type Strip, shares, stripWords } from '../store/strip.ts';

const LOOKS = 6;
const WIDTH = 300;
const HEIGHT = 14;

/** Colour and hatch of a label's place. */
function lookOf(place: number): number {
  return (place % LOOKS) + 1;
}

/** The labels of the last minutes: coloured and hatched, with a legend and a text. */
export function StripView({
  strip,
  camera,
  nowMs,
}: {
  readonly strip: Strip;
  readonly camera: CameraModel;
  readonly nowMs: number;
}) {
  const drawn = pieces(strip.stretches, nowMs);
  const most = shares(drawn).slice(0, 3);
  return (
    <div class="strip">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={stripWords(drawn)}>
        {drawn.map(({ label, from, length }) => {
          const look = lookOf(camera.placeOf(label));
          const box = { x: from * WIDTH, width: Math.max(0.6, length * WIDTH), y: 0, height: HEIGHT };
          return (
            <g key={`${label} ${from}`}>
              <rect {...box} class={`look-${look}`} />
              <rect {...box} fill={`url(#hatch-${look})`} />
            </g>
          );
        })}
      </svg>
      <div class="legend" aria-hidden="true">
        <span class="soft">{STRIP_MS / 60_000} min</span>
        {most.map(({ label, ratio }) => (
          <Key
            key={label}
            look={lookOf(camera.placeOf(label))}
            text={`${label} ${Math.max(1, Math.round(ratio * 100))} %`}
          />
        ))}
      </div>
    </div>
  );
}

function Key({ look, text }: { readonly look: number; readonly text: string }) {
  return (
    <span class="key">
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <rect width="12" height="12" class={`look-${look}`} />
        <rect width="12" height="12" fill={`url(#hatch-${look})`} />
      </svg>
      <span>{text}</span>
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
