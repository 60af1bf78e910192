import { useMemo } from 'preact/hooks';
import type uPlot from 'uplot';
import { colorOf, outline } from '../charts/canvas.ts';
import { type Axis, Plot } from '../charts/chart.tsx';
import { Figure, Mark } from '../charts/figure.tsx';
import { accuracy as accuracyText, fineShare, tickMilliseconds } from '../charts/numbers.ts';
import { lookOf, type Shape } from '../charts/palette.ts';
import { milliseconds } from '../words/numbers.ts';
import { costShare, type Front, pointName, rightText } from './operating-points.ts';

interface PlotProps {
  readonly front: Front;
  /** Whether there is no other question. */
  readonly isOnly: boolean;
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
export function PointsPlot({ front, isOnly, chosen, onChoose }: PlotProps) {
  const { points, reference, question } = front;
  const marks = useMemo(() => marksOf(front, chosen), [front, chosen]);
  const data = useMemo<uPlot.AlignedData>(
    () => [points.map(({ costMs }) => costMs), points.map(({ accuracy }) => accuracy)],
    [points],
  );
  const [x, y] = axesOf(front);
  const now = points.find(({ isCurrent }) => isCurrent);
  const place =
    now === undefined
      ? ''
      : ` Now at ${pointName(now)}: ${rightText(now.accuracy, front)}, ${milliseconds(now.costMs)} a frame.`;
  const press = (atX: number, atY: number, plot: uPlot) => {
    const far = ({ x: px, y: py }: Placed) =>
      Math.hypot(plot.valToPos(px, 'x') - plot.valToPos(atX, 'x'), plot.valToPos(py, 'y') - plot.valToPos(atY, 'y'));
    const [nearest] = marks.filter(({ key }) => key !== null).sort((a, b) => far(a) - far(b));
    if (nearest?.key != null && far(nearest) < NEAR) onChoose(nearest.key);
  };
  return (
    <Figure
      title={isOnly ? 'Accuracy against cost' : `Accuracy against cost: ${question}`}
      caption="Up is more often right, left is cheaper. Press a point, or choose it in the list."
      table={() => ({
        columns: ['point', 'accuracy', 'time', 'share of time', 'rungs', 'is'],
        rows: [
          ...points.map((point) => [
            pointName(point),
            accuracyText(point.accuracy),
            milliseconds(point.costMs),
            costShare(point.costMs, front),
            point.rungs.join(' → '),
            point.isCurrent ? 'now' : '',
          ]),
          [
            `${reference.id} on every frame`,
            accuracyText(reference.accuracy),
            milliseconds(reference.costMs),
            '–',
            reference.id,
            'the reference',
          ],
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
        <li>
          <Mark shape="square" color="--ink" isFilled={false} /> {reference.id} alone
        </li>
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
      ...{ key: point.key, x: point.costMs, y: point.accuracy, isChosen: point.key === chosen },
      name: point.isCurrent ? `now: ${pointName(point)}` : point.name,
      shape: point.isCurrent ? 'star' : point.name === null ? 'circle' : 'diamond',
      color: point.isCurrent ? '--c2' : '--c1',
      isFilled: point.isCurrent,
    }),
  );
  const { id, costMs, accuracy } = reference;
  return [
    ...placed,
    { key: null, name: id, x: costMs, y: accuracy, shape: 'square', color: '--ink', isFilled: false, isChosen: false },
  ];
}

function axesOf({ points, reference, truth }: Front): readonly [Axis, Axis] {
  const costs = [...points.map(({ costMs }) => costMs), reference.costMs];
  const heights = [...points.map(({ accuracy }) => accuracy), reference.accuracy];
  const [least, most] = [Math.min(...heights), Math.max(...heights)];
  const room = Math.max(0.005, (most - least) * 0.25);
  return [
    { name: 'time per frame', text: tickMilliseconds, range: [0, Math.max(...costs) * 1.15] },
    {
      name: truth === 'labels' ? 'right' : `as ${reference.id} answers`,
      text: (value) => (value > 1 ? '' : fineShare(value)),
      range: [least - room, Math.min(1.005, most + room)],
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
    // Below it, as the front rises to the right and bends down; on a ground of its own where a line crosses it all the same.
    const [textLeft, textTop] = [left + (isRight ? -12 : 12) * scale, top + 17 * scale];
    [ctx.strokeStyle, ctx.lineWidth, ctx.lineJoin] = [page, 4 * scale, 'round'];
    ctx.strokeText(name, textLeft, textTop);
    ctx.fillText(name, textLeft, textTop);
  }
  ctx.restore();
}
