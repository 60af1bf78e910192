import { useState } from 'preact/hooks';
import { Swatch } from '../charts/figure.tsx';
import { Looks } from '../charts/looks.ts';
import { fineShare } from '../charts/numbers.ts';
import { duration, timeOfDay } from '../words/numbers.ts';
import { heldShares, piecesOf } from './lane-pieces.ts';
import type { Lane } from './timeline.ts';

interface StripProps {
  readonly lane: Lane;
  readonly fromMs: number;
  readonly toMs: number;
  /** Before it nothing was loaded; `null`: all was. */
  readonly loadedFromMs: number | null;
}

/** So many labels are named. */
const TOLD = 5;
/** A strip is so many columns wide, where much changes: each a few pixels. */
const COLUMNS = 400;
/** A name is written where there is room for it: share of the strip. */
const NAMED = 0.05;

/** What held when, as a strip with its names in it, and below it for how long in all. */
export function LaneStrip({ lane, fromMs, toMs, loadedFromMs }: StripProps) {
  const [looks] = useState(() => new Looks());
  const span = toMs - fromMs;
  const percent = (ratio: number) => `${100 * ratio}%`;
  const at = (ms: number) => percent(Math.max(0, ms - fromMs) / span);
  const held = heldShares(lane);
  const named = held.slice(0, TOLD);
  looks.take(
    held.map(({ label }) => label),
    named.length,
  );
  const told = named.map(({ label, ratio, ms }) => `${label} ${fineShare(ratio)}, ${duration(ms)}`);
  const words = [...told, ...(held.length > TOLD ? [`${held.length - TOLD} more`] : [])].join('; ');
  return (
    <figure class="lane">
      <figcaption>
        {lane.question}
        {lane.isObjects && ': objects'}
      </figcaption>
      <div class="strip" role="img" aria-label={`${lane.question}, ${duration(span)}: ${words}`}>
        {loadedFromMs !== null && loadedFromMs > fromMs && (
          <span class="piece unloaded" style={{ left: 0, width: at(loadedFromMs) }}>
            {(loadedFromMs - fromMs) / span > 2 * NAMED && <b>not loaded</b>}
          </span>
        )}
        {piecesOf(lane, span / COLUMNS).map((piece) => (
          <span
            key={`${piece.fromMs} ${piece.label}`}
            class={`piece hatch-${looks.of(piece.label).hatch}${piece.height < 1 ? ' column' : ''}`}
            style={{
              left: at(piece.fromMs),
              width: percent((piece.toMs - piece.fromMs) / span),
              top: percent(1 - piece.bottom - piece.height),
              bottom: percent(piece.bottom),
              backgroundColor: `var(${looks.of(piece.label).color})`,
            }}
          >
            {piece.height === 1 && (piece.toMs - piece.fromMs) / span > NAMED && <b>{piece.label}</b>}
          </span>
        ))}
      </div>
      <div class="soft lane-ends">
        <span>{timeOfDay(fromMs)}</span>
        <ul aria-hidden="true">
          {named.map(({ label, ratio, ms }) => (
            <li key={label}>
              <Swatch look={looks.of(label)} isArea /> {label} {fineShare(ratio)}, {duration(ms)}
            </li>
          ))}
          {held.length > TOLD && <li>{held.length - TOLD} more</li>}
        </ul>
        <span>now</span>
      </div>
    </figure>
  );
}
