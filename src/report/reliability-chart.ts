import { calibrationError, type ReliabilityBin } from '../premodel/calibration.ts';
import { count, percent } from './format.ts';
import { html, type Markup } from './html.ts';
import { figure } from './page.ts';
import type { Mark } from './palette.ts';
import { plane } from './plane.ts';

export interface Curve {
  readonly name: string;
  readonly mark: Mark;
  readonly bins: readonly ReliabilityBin[];
}

/** Predicted against observed probability; what is well calibrated lies on the diagonal. */
export function reliabilityFigure(heading: string, curves: readonly Curve[], caption: string): Markup {
  const errors = curves.map(({ name, bins }) => `${name} ${percent(calibrationError(bins))}`).join(', ');
  const drawing = plane({
    label: `${heading}: share right against predicted probability. Mean distance from the diagonal: ${errors}.`,
    height: 380,
    x: { name: 'probability that was predicted', text: (value) => percent(value, 0), include: [0, 1], within: [0, 1] },
    y: { name: 'share that was right', text: (value) => percent(value, 0), include: [0, 1], within: [0, 1] },
    lines: [
      {
        points: [
          [0, 0],
          [1, 1],
        ],
        color: 'var(--axis)',
        dashed: true,
      },
      ...[...curves].reverse().map(({ mark, bins }) => ({
        points: bins.map(({ predicted, observed }) => [predicted, observed] as const),
        color: mark.color,
      })),
    ],
    points: curves.flatMap(({ name, mark, bins }) =>
      bins.map(({ predicted, observed, count: size }) => ({
        at: [predicted, observed] as const,
        mark: { ...mark, size: mark.size * 0.75 },
        name: null,
        tip: `${name}: ${percent(predicted)} predicted, ${percent(observed)} right, ${count(size)} images`,
      })),
    ),
  });
  return figure(heading, drawing, html`${caption} Calibration error (mean distance from the diagonal): ${errors}.`);
}
