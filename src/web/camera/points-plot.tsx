import { useMemo } from 'preact/hooks';
import type uPlot from 'uplot';
import { colorOf, outline } from '../charts/canvas.ts';
import { type Axis, Plot } from '../charts/chart.tsx';
import { Figure, Mark } from '../charts/figure.tsx';
import { milliseconds, share } from '../charts/numbers.ts';
import { lookOf, type Shape } from '../charts/palette.ts';
import { accuracyText, costText, type Front, pointName } from './operating-points.ts';

interface PlotProps {
  readonly front: Front;
  readonly chosen: string | null;
  readonly onChoose: (key: string) => void;
}

interface Placed {
  readonly key: string | null;
  readonly name: string | null;
  readonly x: number;
  readonly y: number;
  readonly shape: Shape;
  readonly color: string;
  readonly isFilled: boolean;
  readonly isChosen: boolean;
}

/** A press so near to a point means it, in pixels. */
const NEAR = 28;

/** Cost against accuracy: where the camera is, where it could be, and the most capable rung alone. */
export function PointsPlot({ front, chosen, onChoose }: PlotProps) {
  const { points, reference, unit, scale, question } = front;
  const marks = useMemo(() => marksOf(front, chosen), [front, chosen]);
  const data = useMemo<uPlot.AlignedData>(
    () => [points.map(({ cost }) => cost), points.map(({ accuracy }) => accuracy)],
    [points],
  );
  const [x, y] = axesOf(front);
  const now = points.find(({ isCurrent }) => isCurrent);
  const place =
    now === undefined
      ? ''
      : ` Now at ${pointName(now)}: ${accuracyText(now.accuracy, scale)}, ${costText(now.cost, unit)}.`;
  const press = (atX: number, atY: number, plot: uPlot) => {
    const far = ({ x: px, y: py }: Placed) =>
      Math.hypot(plot.valToPos(px, 'x') - plot.valToPos(atX, 'x'), plot.valToPos(py, 'y') - plot.valToPos(atY, 'y'));
    const [nearest] = marks.filter(({ key }) => key !== null).sort((a, b) => far(a) - far(b));
    if (nearest?.key != null && far(nearest) < NEAR) onChoose(nearest.key);
  };
  return (
    <Figure
      title={`Accuracy against cost${question === null ? '' : `: ${question}`}`}
      caption="Up is more often right, left is cheaper. Press a point, or choose it in the list."
      table={() => ({
        columns: ['point', 'accuracy', 'cost', 'rungs', ''],
        rows: [
          ...points.map((point) => [
            pointName(point),
            accuracyText(point.accuracy, scale),
            costText(point.cost, unit),
            point.rungs.join(' → '),
            point.isCurrent ? 'now' : '',
          ]),
          ...(reference === null
            ? []
            : [
                [
                  `${reference.id} on every frame`,
                  accuracyText(reference.accuracy, scale),
                  costText(reference.cost, unit),
                  reference.id,
                  'reference',
                ],
              ]),
        ],
      })}
    >
      <ul class="legend">
        <li>
          <Mark shape="star" color="--c2" isFilled={true} /> now
        </li>
        <li>
          <Mark shape="diamond" color="--c1" isFilled={false} /> named
        </li>
        <li>
          <Mark shape="circle" color="--c1" isFilled={false} /> other
        </li>
        {reference !== null && (
          <li>
            <Mark shape="square" color="--ink" isFilled={false} /> {reference.id} alone
          </li>
        )}
      </ul>
      <Plot
        summary={`Accuracy against cost of ${points.length} operating points.${place} The list beside it says the same.`}
        data={data}
        lines={[{ name: 'front', look: lookOf(0) }]}
        x={x}
        y={y}
        height={300}
        draw={(plot) => drawMarks(plot, marks)}
        onPress={press}
      />
    </Figure>
  );
}

function marksOf({ points, reference }: Front, chosen: string | null): Placed[] {
  const placed = points.map(
    (point): Placed => ({
      ...{ key: point.key, x: point.cost, y: point.accuracy, isChosen: point.key === chosen },
      name: point.isCurrent ? `now: ${pointName(point)}` : point.name,
      shape: point.isCurrent ? 'star' : point.name === null ? 'circle' : 'diamond',
      color: point.isCurrent ? '--c2' : '--c1',
      isFilled: point.isCurrent,
    }),
  );
  if (reference === null) return placed;
  const { id, cost, accuracy } = reference;
  return [
    ...placed,
    { key: null, name: id, x: cost, y: accuracy, shape: 'square', color: '--ink', isFilled: false, isChosen: false },
  ];
}

function axesOf({ points, reference, unit, scale }: Front): readonly [Axis, Axis] {
  const costs = [...points.map(({ cost }) => cost), reference?.cost ?? 0];
  const heights = [...points.map(({ accuracy }) => accuracy), ...(reference === null ? [] : [reference.accuracy])];
  const [least, most] = [Math.min(...heights), Math.max(...heights)];
  const room = Math.max(0.005, (most - least) * 0.25);
  return [
    {
      name: unit === 'ms' ? 'time per frame' : 'time per frame, share of the reference’s',
      text: unit === 'ms' ? milliseconds : share,
      range: [0, Math.max(...costs) * 1.15],
    },
    {
      name: scale === 'accuracy' ? 'right' : 'against the reference',
      text: scale === 'accuracy' ? share : (value) => `${(value * 100).toFixed(1)}`,
      range: [least - room, scale === 'accuracy' ? Math.min(1.005, most + room) : most + room],
    },
  ];
}

function drawMarks(plot: uPlot, marks: readonly Placed[]): void {
  const { ctx, root } = plot;
  const scale = devicePixelRatio;
  const page = colorOf(root, '--surface');
  ctx.save();
  ctx.font = `${12 * scale}px system-ui, sans-serif`;
  for (const { name, x, y, shape, color, isFilled, isChosen } of marks) {
    const [left, top] = [plot.valToPos(x, 'x', true), plot.valToPos(y, 'y', true)];
    [ctx.strokeStyle, ctx.lineWidth] = [colorOf(root, color), 2 * scale];
    ctx.fillStyle = isFilled ? colorOf(root, color) : page;
    outline(ctx, shape, left, top, 6 * scale);
    ctx.fill();
    ctx.stroke();
    if (isChosen) {
      outline(ctx, 'circle', left, top, 13 * scale);
      ctx.stroke();
    }
    if (name === null) continue;
    ctx.fillStyle = colorOf(root, '--ink');
    const isRight = left > plot.bbox.left + plot.bbox.width * 0.75;
    ctx.textAlign = isRight ? 'right' : 'left';
    ctx.fillText(name, left + (isRight ? -12 : 12) * scale, top + (shape === 'square' ? 18 : -8) * scale);
  }
  ctx.restore();
}
