import { useEffect, useMemo, useState } from 'preact/hooks';
import { Plot } from '../charts/chart.tsx';
import { Figure, Table } from '../charts/figure.tsx';
import { count, milliseconds, share, timeOfDay } from '../charts/numbers.ts';
import { lookOf } from '../charts/palette.ts';
import {
  budgetSentence,
  CLOCKS,
  dropsOf,
  framesSentence,
  latencyRows,
  type Share,
  STOPS,
  sharesOf,
} from './figures-words.ts';
import { ProblemNote } from './problem.tsx';
import { type Bin, Recorder } from './record.ts';
import { useAsked, useTick } from './use.ts';
import type { Camera, Figures, PageParts } from './wire.ts';

/** Times by clock state, where frames end, and what was dropped: since the start, and over the last minutes. */
export function FiguresPanel({ camera, parts }: { readonly camera: Camera; readonly parts: PageParts }) {
  const asked = useAsked<Figures>(parts.api, `/api/cameras/${encodeURIComponent(camera.id)}/figures`, 2_000);
  const bins = useBins(camera.id, parts);
  return (
    <div class="figures">
      {asked.problem !== null && <ProblemNote problem={asked.problem} />}
      {asked.value !== null && <Totals figures={asked.value} budgetMs={camera.budgetMs ?? null} />}
      <SpentFigure bins={bins} />
      <RungsFigure bins={bins} />
    </div>
  );
}

function useBins(camera: string, { listen }: PageParts): readonly Bin[] {
  const [recorder] = useState(() => new Recorder());
  useEffect(() => listen(camera, (message) => recorder.add(message)), [camera, listen, recorder]);
  const tick = useTick(matchMedia('(prefers-reduced-motion: reduce)').matches ? 10_000 : 2_000);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tick says when to look again
  return useMemo(() => recorder.bins(Date.now()), [tick, recorder]);
}

function Totals({ figures, budgetMs }: { readonly figures: Figures; readonly budgetMs: number | null }) {
  const rows = latencyRows(figures.latency);
  const runs = Object.fromEntries(figures.rungs.map(({ rung, runs: value }) => [rung, value]));
  return (
    <>
      <section class="panel">
        <h3>Time from a frame’s arrival to its answer</h3>
        <p>{budgetSentence(rows, budgetMs)}</p>
        <Table
          name="Latency by clock state"
          columns={['clocks', 'frames', 'half within', '95 % within', '99 % within', 'what it means']}
          rows={rows.map(({ clock, n, p50Ms, p95Ms, p99Ms }) => [
            `${CLOCKS[clock].sign} ${clock}`,
            count(n),
            ...[p50Ms, p95Ms, p99Ms].map((value) => milliseconds(value)),
            CLOCKS[clock].words,
          ])}
        />
      </section>
      <section class="panel">
        <h3>Frames since {timeOfDay(figures.sinceMs)}</h3>
        <p>{framesSentence(figures)}</p>
        <Shares name="Dropped, and why" shares={dropsOf(figures).shares} />
        <Shares name="Runs of each rung" shares={sharesOf(runs)} />
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
              {share(ratio)} <span class="soft">({count(value)})</span>
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
        y={{ name: 'time', text: milliseconds }}
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
        columns: ['from', 'frames', ...names],
        rows: bins.map((bin) => [
          timeOfDay(bin.fromMs),
          count(bin.frames),
          ...names.map((name) => share(ratio(bin, name))),
        ]),
      })}
    >
      <Plot
        summary={`Share of frames by the rung on which they end: ${names.join(', ')}.`}
        data={[bins.map(({ fromMs }) => fromMs / 1000), ...[...tops].reverse()]}
        lines={[...lines].reverse()}
        x="time"
        y={{ name: 'share', text: share, range: [0, 1] }}
      />
    </Figure>
  );
}
