import { percent } from '../src/words.ts';
import type { BenchRow } from './report.ts';

/** What a stream is to come to, pooled over clips. */
const GATES = { speedup: 10, total: 5, agreement: 0.99, loss: 0.005 } as const;
/** A single clip may lose so much, or one frame. */
const CLIP_LOSS = 0.005;

/** What was to be reached, what was, and what each part brings. */
export function videoVerdict(rows: readonly BenchRow[]): string[] {
  const of =
    (name: string) =>
    (figure: string, variant = 'weir') =>
      rows.find((row) => row.case === name && row.figure === figure && row.variant === variant);
  const all = of('all');
  const value = (figure: string, variant?: string) => all(figure, variant)?.value ?? Number.NaN;
  const gain = value('accuracy') - value('accuracyTop');
  const gate = (isReached: boolean, text: string) => `  ${isReached ? 'reached    ' : 'not reached'}  ${text}`;
  const clips = [...new Set(rows.map((row) => row.case))].filter((name) => name !== 'all' && of(name)('accuracyTop'));
  const worse = clips.filter((name) => {
    const [own, top] = [of(name)('accuracy'), of(name)('accuracyTop')];
    if (own === undefined || top === undefined) return false;
    return top.value - own.value > Math.max(CLIP_LOSS, 1 / own.n) + 1e-9;
  });
  const parts = [...new Set(rows.map(({ variant }) => variant))].filter((variant) => variant.startsWith('without:'));
  const left = rows.filter(({ figure }) => figure === 'leftOut').length;
  return [
    `verdict over all clips (${all('accuracy')?.n ?? 0} scored frames):`,
    gate(
      value('speedupVsTop') >= GATES.speedup,
      `${times(value('speedupVsTop'))} less time of models; at least ${GATES.speedup}`,
    ),
    gate(
      value('speedupVsTopTotal') >= GATES.total,
      `${times(value('speedupVsTopTotal'))} less from the decoded frame to the label; at least ${GATES.total}`,
    ),
    gate(
      value('agreementWithTop') >= GATES.agreement,
      `agrees with the top rung on ${percent(value('agreementWithTop'))}; at least ${percent(GATES.agreement)}`,
    ),
    gate(
      gain >= -GATES.loss,
      `right on ${percent(value('accuracy'))}, the top rung on ${percent(value('accuracyTop'))}; at most ${GATES.loss * 100} points less`,
    ),
    gate(
      worse.length === 0,
      `no clip loses more than one frame or ${CLIP_LOSS * 100} points${worse.length === 0 ? '' : `: ${worse.join(', ')}`}`,
    ),
    ...parts.map((variant) => {
      const without = `${times(value('speedupVsTop', variant))} less time, right on ${percent(value('accuracy', variant))}`;
      return `  ${variant}: ${without}, agrees on ${percent(value('agreementWithTop', variant))}`;
    }),
    `  generic labels agree with the top rung's on ${percent(value('agreementWithTop', 'generic'))}, those with their own of the frame before on ${percent(value('agreementWithPrevious', 'generic:top'))}, in ${times(value('speedupVsTop', 'generic'))} less time`,
    ...(left === 0 ? [] : [`  left out: ${left} (rows leftOut say why)`]),
  ];
}

function times(value: number): string {
  return `${value.toFixed(1)} times`;
}
