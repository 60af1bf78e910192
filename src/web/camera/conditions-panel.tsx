import { useMemo, useState } from 'preact/hooks';
import { Plot } from '../charts/chart.tsx';
import { Figure } from '../charts/figure.tsx';
import { accuracy, fineShare } from '../charts/numbers.ts';
import { lookOf, Places } from '../charts/palette.ts';
import { timeOfDay } from '../words/numbers.ts';
import { gearWords, troubleTelling } from '../words/states.ts';
import { type Condition, conditionLanes } from './conditions.ts';
import { LaneStrip } from './lane-strip.tsx';

interface PanelProps {
  readonly told: readonly Condition[];
  readonly nowMs: number;
}

/** Agreement, gear and troubles over time, since the page was opened. */
export function ConditionsPanel({ told, nowMs }: PanelProps) {
  const [places] = useState(() => new Places());
  const fromMs = Math.min(told[0]?.fromMs ?? nowMs, nowMs - 120_000);
  return (
    <>
      <section class="panel lanes" aria-labelledby="conditions-title">
        <h3 id="conditions-title">State, gear and troubles</h3>
        {conditionLanes(told, nowMs).map((lane) => (
          <LaneStrip key={lane.question} lane={lane} fromMs={fromMs} toMs={nowMs} places={places} />
        ))}
        <p class="soft">Since this page was opened.</p>
      </section>
      <AgreementFigure told={told} nowMs={nowMs} />
    </>
  );
}

function AgreementFigure({ told, nowMs }: PanelProps) {
  const questions = [...new Set(told.flatMap(({ agreement }) => Object.keys(agreement)))].sort();
  const lines = questions.map((name, at) => ({ name, look: lookOf(at), isStepped: true }));
  const data = useMemo<[number[], ...(number | null)[][]]>(() => {
    const last = told.at(-1);
    const all = last === undefined ? [] : [...told, { ...last, fromMs: nowMs }];
    return [
      all.map(({ fromMs }) => fromMs / 1000),
      ...questions.map((question) => all.map(({ agreement }) => agreement[question] ?? null)),
    ];
  }, [told, nowMs, questions.join('\n')]);
  if (questions.length === 0) {
    return (
      <section class="panel">
        <h3>Agreement with the top rung</h3>
        <p class="soft">
          Not known yet: now and then the top rung is asked about a frame that was answered without it, and too few have
          been.
        </p>
      </section>
    );
  }
  const now = questions.map((question) => `${question} ${accuracy(told.at(-1)?.agreement[question])}`).join(', ');
  return (
    <Figure
      title="Agreement with the top rung"
      caption={`Now ${now}, as far as it was audited. It falls where what the camera sees drifts from what it was fitted to.`}
      legend={lines}
      table={() => ({
        columns: ['from', ...questions, 'gear', 'troubles'],
        rows: told.map(({ fromMs, agreement, gear, degraded }) => [
          timeOfDay(fromMs),
          ...questions.map((question) => accuracy(agreement[question])),
          gear === null ? '–' : gearWords(gear),
          degraded.map((name) => troubleTelling(name).word).join(', '),
        ]),
      })}
    >
      <Plot
        summary={`Agreement with the top rung: ${now}.`}
        data={data}
        lines={lines}
        x="time"
        y={{ name: 'agreement', text: fineShare, range: [0, 1] }}
      />
    </Figure>
  );
}
