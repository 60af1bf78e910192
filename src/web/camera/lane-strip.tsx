import { Swatch } from '../charts/figure.tsx';
import { fineShare } from '../charts/numbers.ts';
import { lookOf, type Places } from '../charts/palette.ts';
import { duration, timeOfDay } from '../words/numbers.ts';
import { forWidth, heldShares, type Lane } from './timeline.ts';

interface StripProps {
  readonly lane: Lane;
  readonly fromMs: number;
  readonly toMs: number;
  readonly places: Places;
}

/** So many labels are named. */
const TOLD = 5;

/** What held when, as a strip with its names in it, and below it for how long in all. */
export function LaneStrip({ lane, fromMs, toMs, places }: StripProps) {
  const span = toMs - fromMs;
  const at = (ms: number) => `${(100 * Math.max(0, ms - fromMs)) / span}%`;
  const held = heldShares(lane);
  const pieces = forWidth(lane.segments, span / 400);
  const told = held.slice(0, TOLD).map(({ label, ratio, ms }) => `${label} ${fineShare(ratio)}, ${duration(ms)}`);
  const words = [...told, ...(held.length > TOLD ? [`${held.length - TOLD} more`] : [])].join('; ');
  return (
    <figure class="lane">
      <figcaption>
        {lane.question}
        {lane.isObjects && ': objects'}
      </figcaption>
      <div class="strip" role="img" aria-label={`${lane.question}, ${duration(span)}: ${words}`}>
        {pieces.map((piece) => (
          <span
            key={piece.fromMs}
            class={`piece hatch-${lookOf(places.of(piece.label)).hatch}`}
            style={{
              left: at(piece.fromMs),
              width: at(fromMs + piece.toMs - piece.fromMs),
              backgroundColor: `var(${lookOf(places.of(piece.label)).color})`,
            }}
          >
            {(piece.toMs - piece.fromMs) / span > 0.05 && <b>{piece.label}</b>}
          </span>
        ))}
      </div>
      <div class="soft lane-ends">
        <span>{timeOfDay(fromMs)}</span>
        <ul aria-hidden="true">
          {held.slice(0, TOLD).map(({ label, ratio, ms }) => (
            <li key={label}>
              <Swatch look={lookOf(places.of(label))} isArea /> {label} {fineShare(ratio)}, {duration(ms)}
            </li>
          ))}
          {held.length > TOLD && <li>{held.length - TOLD} more</li>}
        </ul>
        <span>now</span>
      </div>
    </figure>
  );
}
