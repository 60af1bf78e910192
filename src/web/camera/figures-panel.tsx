import { useMemo } from 'preact/hooks';
import { Plot } from '../charts/chart.tsx';
import { Figure, Table } from '../charts/figure.tsx';
import { count, fineShare, knownMilliseconds, tickMilliseconds } from '../charts/numbers.ts';
import { lookOf } from '../charts/palette.ts';
import { milliseconds, timeOfDay } from '../words/numbers.ts';
import { clockTelling } from '../words/states.ts';
import { ConditionsPanel } from './conditions-panel.tsx';
import { budgetSentence, dropsOf, framesSentence, latencyRows, type Share, STOPS, sharesOf } from './figures-words.ts';
import type { PageRecord } from './page-record.ts';
import { ProblemNote } from './problem.tsx';
import type { Bin } from './record.ts';
import { useAsked, useTick } from './use.ts';
import type { Camera, Figures, PageParts } from './wire.ts';

interface PanelProps {
  readonly camera: Camera;
  readonly parts: PageParts;
  readonly record: PageRecord;
}

/** Times by clock state, where frames end, and what was dropped: since the start, and over the last minutes. */
export function FiguresPanel({ camera, parts, record }: PanelProps) {
  const asked = useAsked<Figures>(parts.api, `/api/cameras/${encodeURIComponent(camera.id)}/figures`, 2_000);
  const tick = useTick(matchMedia('(prefers-reduced-motion: reduce)').matches ? 10_000 : 2_000);
  // The tick says when to look again.
  const { bins, nowMs } = useMemo(() => {
    const at = Date.now();
    return { bins: record.recorder.bins(at), nowMs: at };
  }, [tick, record]);
  return (
    <div class="figures">
      {asked.problem !== null && <ProblemNote problem={asked.problem} />}
      {asked.value !== null && <Totals figures={asked.value} budgetMs={camera.budgetMs ?? null} />}
      <SpentFigure bins={bins} />
      <RungsFigure bins={bins} />
      <ConditionsPanel {...{ camera, parts, record, nowMs }} />
    </div>
  );
}

function Totals({ figures, budgetMs }: { readonly figures: Figures; readonly budgetMs: number | null }) {
  const rows = latencyRows(figures.latency);
  const runs = Object.fromEntries(figures.rungs.map(({ rung, runs: value }) => [rung, value]));
  const runWords = Object.fromEntries(
    figures.rungs.map(({ rung, meanRunMs }) => [rung, `${knownMilliseconds(meanRunMs)} each on average`]),
  );
  return (
    <>
      <section class="panel">
        <h3>Time from a frame’s arrival to its answer</h3>
        <p>{budgetSentence(rows, budgetMs)}</p>
        <Table
          name="Latency by clock state"
          columns={['clocks', 'frames', 'half within', '95 % within', '99 % within', 'what it means']}
          rows={rows.map(({ clock, n, p50Ms, p95Ms, p99Ms }) => [
            `${clockTelling(clock).sign} ${clock}`,
            count(n),
            ...[p50Ms, p95Ms, p99Ms].map(knownMilliseconds),
            clockTelling(clock).explanation,
          ])}
        />
      </section>
      <section class="panel">
        <h3>Frames since {timeOfDay(figures.sinceMs)}</h3>
        <p>{framesSentence(figures)}</p>
        <Shares name="Dropped, and why" shares={dropsOf(figures).shares} />
        <Shares name="Runs of each rung" shares={sharesOf(runs, runWords)} />
        <Shares name="Why climbs ended" shares={sharesOf(figures.stops, STOPS)} />
      </section>
    </>
  );
}

function Shares({ name, shares }: { readonly name: string; readonly shares: readonly Share[] }) {
  if (shares.every(({ count: value }) => value === 0)) return null;
  return (
    <>
      <h4>{name}</h4>
      <ul class="shares">
        {shares.map(({ name: of, words, ratio, count: value }) => (
          <li key={of}>
            <span>
              {of} {words !== '' && <span class="soft">{words}</span>}
            </span>
            <span class="meter" aria-hidden="true">
              <span style={{ width: `${ratio * 100}%` }} />
            </span>
            <span>
              {fineShare(ratio)} <span class="soft">({count(value)})</span>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function SpentFigure({ bins }: { readonly bins: readonly Bin[] }) {
  const data = useMemo<[number[], number[], number[], (number | null)[]]>(
    () => [
      bins.map(({ fromMs }) => fromMs / 1000),
      bins.map(({ p50Ms }) => p50Ms),
      bins.map(({ p95Ms }) => p95Ms),
      bins.map(({ budgetMs }) => budgetMs),
    ],
    [bins],
  );
  const lines = ['half within', '95 % within', 'budget'].map((name, at) => ({ name, look: lookOf(at) }));
  const last = bins.at(-1);
  return (
    <Figure
      title="Time spent per frame, in stretches of 10 s"
      caption="Since this page was opened. No stretch mixes clock states: one ends where the state changes."
      legend={lines}
      table={() => ({
        columns: ['from', 'clocks', 'frames', 'half within', '95 % within', 'over budget'],
        rows: bins.map((bin) => [
          timeOfDay(bin.fromMs),
          bin.clock,
          count(bin.frames),
          milliseconds(bin.p50Ms),
          milliseconds(bin.p95Ms),
          count(bin.overBudget),
        ]),
      })}
    >
      <Plot
        summary={
          last === undefined
            ? 'No frame yet.'
            : `Time spent per frame: now half within ${milliseconds(last.p50Ms)}, 95 % within ${milliseconds(last.p95Ms)}.`
        }
        data={data}
        lines={lines}
        x="time"
        y={{ name: 'time', text: tickMilliseconds }}
      />
    </Figure>
  );
}

function RungsFigure({ bins }: { readonly bins: readonly Bin[] }) {
  const names = [...new Set(bins.flatMap(({ endedOn }) => Object.keys(endedOn)))].sort();
  const ratio = (bin: Bin, name: string) => (bin.endedOn[name] ?? 0) / Math.max(1, bin.frames);
  // Stacked: the highest sum is drawn first, the others over it.
  const tops = names.map((_, at) =>
    bins.map((bin) => names.slice(0, at + 1).reduce((sum, name) => sum + ratio(bin, name), 0)),
  );
  const lines = names.map((name, at) => ({ name, look: lookOf(at), isBar: true }));
  return (
    <Figure
      title="Where frames end"
      caption="Share of frames that end on each rung, from below as listed; “none”: nothing had to be run."
      legend={lines.map((line) => ({ ...line, isArea: true }))}
      table={() => ({
        columns: ['from', 'frames', ...names, 'audited', 'agreed'],
        rows: bins.map((bin) => [
          timeOfDay(bin.fromMs),
          count(bin.frames),
          ...names.map((name) => fineShare(ratio(bin, name))),
          count(bin.audits),
          count(bin.agreed),
        ]),
      })}
    >
      <Plot
        summary={`Share of frames by the rung on which they end: ${names.join(', ')}.`}
        data={[bins.map(({ fromMs }) => fromMs / 1000), ...[...tops].reverse()]}
        lines={[...lines].reverse()}
        x="time"
        y={{ name: 'share', text: fineShare, range: [0, 1] }}
      />
    </Figure>
  );
}
