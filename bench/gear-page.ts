import { html } from '../src/report/html.ts';
import { figure, grid, writePage } from '../src/report/page.ts';
import { plane } from '../src/report/plane.ts';
import type { GearTime } from './cameras-gears.ts';

/** Writes a page that shows how gears followed a load. */
export async function writeGearPage(
  dir: string,
  name: string,
  times: readonly GearTime[],
  parts: readonly { readonly factor: number; readonly fromSeconds: number }[],
): Promise<void> {
  const line = (of: (time: GearTime) => number) => times.map((time): [number, number] => [time.second, of(time)]);
  const factorAt = (second: number) => parts.findLast(({ fromSeconds }) => fromSeconds <= second)?.factor ?? 1;
  const drawing = plane({
    label: 'Gears over time: mean, least and most of all cameras, and the load.',
    height: 380,
    x: { name: 'seconds', text: (value) => String(value), include: [0] },
    y: { name: 'gear; dashed: load', text: (value) => String(value), include: [0, 1] },
    points: [],
    lines: [
      { points: line(({ gear }) => gear), color: 'var(--hybrid)' },
      { points: line(({ least }) => least), color: 'var(--cascade)' },
      { points: line(({ most }) => most), color: 'var(--select)' },
      {
        points: times.map(({ second }): [number, number] => [second, factorAt(second)]),
        color: 'var(--axis)',
        dashed: true,
      },
    ],
  });
  await writePage(dir, 'Gears under a load that changes', [
    html`<p>${name}</p>`,
    grid([
      figure(
        'Gears',
        drawing,
        'How many operating points cheaper than the configured one: the mean of all cameras, between the least and the most of them.',
      ),
    ]),
  ]);
}
