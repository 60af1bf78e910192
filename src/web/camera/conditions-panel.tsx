import { useMemo, useState } from 'preact/hooks';
import { Plot } from '../charts/chart.tsx';
import { Figure, Table } from '../charts/figure.tsx';
import { accuracy, fineShare, moment } from '../charts/numbers.ts';
import { lookOf } from '../charts/palette.ts';
import { gearWords, stateTelling, troubleTelling } from '../words/states.ts';
import { useKeptConditions } from './condition-history.ts';
import { type Condition, conditionLanes, joined } from './conditions.ts';
import { LaneStrip } from './lane-strip.tsx';
import type { PageRecord } from './page-record.ts';
import { DAY, HOUR, QUARTER, RangeChoice } from './range-choice.tsx';
import type { Camera, PageParts } from './wire.ts';

interface PanelProps {
  readonly camera: Camera;
  readonly parts: PageParts;
  readonly record: PageRecord;
  readonly nowMs: number;
}

/** State, gear, troubles and agreement over time: from the history, where it is kept, and from what this page heard. */
export function ConditionsPanel({ camera, parts, record, nowMs }: PanelProps) {
  const [rangeMs, setRange] = useState(HOUR.ms);
  const { conditions, knownFromMs, problem } = useKeptConditions(camera.id, parts, rangeMs, record.absences);
  const heard = record.conditions;
  const told = useMemo(() => joined(conditions, heard, knownFromMs), [conditions, heard, knownFromMs]);
  const [isOpen, setOpen] = useState(false);
  const fromMs = nowMs - rangeMs;
  return (
    <>
      <section class="panel lanes" aria-labelledby="conditions-title">
        <div class="bar">
          <h3 id="conditions-title">State, gear and troubles</h3>
          <RangeChoice name="conditions-range" ranges={[QUARTER, HOUR, DAY]} chosenMs={rangeMs} onChoose={setRange} />
        </div>
        {conditionLanes(told, fromMs, nowMs).map((lane) => (
          <LaneStrip key={lane.question} lane={lane} fromMs={fromMs} toMs={nowMs} loadedFromMs={null} />
        ))}
        {problem !== null && <p class="soft">Since this page was opened: {problem.message}.</p>}
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>As a table</summary>
          {isOpen && <ConditionTable told={told} nowMs={nowMs} />}
        </details>
      </section>
      <AgreementFigure told={told} fromMs={fromMs} nowMs={nowMs} />
    </>
  );
}

interface ToldProps {
  /** Oldest first. */
  readonly told: readonly Condition[];
  readonly nowMs: number;
}

function ConditionTable({ told, nowMs }: ToldProps) {
  return (
    <Table
      name="State, gear and troubles"
      columns={['from', 'state', 'why', 'gear', 'troubles', 'agreement']}
      rows={[...told]
        .reverse()
        .map(({ fromMs, state, reason, gear, degraded, agreement }) => [
          moment(fromMs, nowMs),
          state === null ? 'nothing was heard' : stateTelling(state).word,
          reason,
          gear === null ? '–' : gearWords(gear),
          degraded.map((name) => troubleTelling(name).word).join(', '),
          agreementWords(agreement),
        ])}
    />
  );
}

function agreementWords(agreement: Condition['agreement']): string {
  const all = Object.entries(agreement);
  return all.map(([name, ratio]) => `${all.length > 1 ? `${name} ` : ''}${accuracy(ratio)}`).join(', ');
}

function AgreementFigure({ told, fromMs, nowMs }: ToldProps & { readonly fromMs: number }) {
  const questions = [...new Set(told.flatMap(({ agreement }) => Object.keys(agreement)))].sort();
  const lines = questions.map((name, at) => ({ name, look: lookOf(at), isStepped: true }));
  const data = useMemo<[number[], ...(number | null)[][]]>(() => {
    const last = told.at(-1);
    const all = last === undefined ? [] : [...told, { ...last, fromMs: nowMs }];
    return [
      // It begins where the strips above it do.
      [fromMs / 1000, ...all.map((condition) => Math.max(fromMs, condition.fromMs) / 1000)],
      ...questions.map((question) => [null, ...all.map(({ agreement }) => agreement[question] ?? null)]),
    ];
  }, [told, fromMs, nowMs, questions.join('\n')]);
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
        columns: ['from', ...questions],
        rows: told.map((condition) => [
          moment(condition.fromMs, nowMs),
          ...questions.map((question) => accuracy(condition.agreement[question])),
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
