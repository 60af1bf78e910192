import { useMemo } from 'preact/hooks';
import type { Dress, Looks } from '../charts/looks.ts';
import type { Answer } from '../store/camera.ts';
import { type Piece, pieces, STRIP_MS, type Strip, shares, stripWords } from '../store/strip.ts';

const WIDTH = 300;
const HEIGHT = 14;
const SHOWN_SHARES = 3;

/** The labels of the last minutes: coloured and hatched, with a legend and a text. Drawn anew once a second, which is all that it can show. */
export function StripView({ answer, nowMs }: { readonly answer: Answer; readonly nowMs: number }) {
  const { strip, looks } = answer;
  const second = Math.floor(nowMs / 1000);
  return useMemo(() => drawn(strip, looks, second * 1000 + 999), [strip, looks, second]);
}

function drawn(strip: Strip, looks: Looks, nowMs: number) {
  const all = pieces(strip.stretches, nowMs);
  const ranked = shares(all);
  const named = ranked.slice(0, SHOWN_SHARES);
  const labels = ranked.map(({ label }) => label);
  looks.take(labels, named.length);
  return (
    <div class="strip">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={stripWords(all)}>
        {labels.map((label) => (
          <g key={label}>
            <path d={outline(all, label)} class={`look-${looks.dressOf(label).colour + 1}`} />
            <path d={outline(all, label)} fill={`url(#hatch-${looks.dressOf(label).hatch + 1})`} />
          </g>
        ))}
      </svg>
      <div class="legend" aria-hidden="true">
        <div class="keys">
          {named.map(({ label, ratio }, at) => (
            // By its place, so that nothing moves when another label takes it.
            <Key key={at} dress={looks.dressOf(label)} label={label} percent={Math.max(1, Math.round(ratio * 100))} />
          ))}
        </div>
        <span class="soft">{STRIP_MS / 60_000} min</span>
      </div>
    </div>
  );
}

/** One outline for all pieces of a label, so that a strip costs the same however often its label changed. */
function outline(all: readonly Piece[], label: string): string {
  return all
    .filter((piece) => piece.label === label)
    .map(({ from, length }) => {
      const [x, width] = [(from * WIDTH).toFixed(2), Math.max(0.6, length * WIDTH).toFixed(2)];
      return `M${x} 0h${width}v${HEIGHT}h-${width}z`;
    })
    .join('');
}

function Key({ dress, label, percent }: { readonly dress: Dress; readonly label: string; readonly percent: number }) {
  return (
    <span class="key">
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <rect width="12" height="12" class={`look-${dress.colour + 1}`} />
        <rect width="12" height="12" fill={`url(#hatch-${dress.hatch + 1})`} />
      </svg>
      <b>{percent} %</b>
      <span>{label}</span>
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
