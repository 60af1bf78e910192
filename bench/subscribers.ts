import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../src/premodel/statistics.ts';
import { Crowd } from './crowd.ts';
import type { BenchFigures, BenchRow } from './report.ts';
import type { CrowdReport } from './subscribers-crowd.ts';
import { bareOutlets, Emission, type Outlets, READ_BY_ALL, weirOutlets } from './subscribers-outlets.ts';

const ROUNDS = 3;
const ROUND_SECONDS = 10;
/** Until those that do not read are told to go, and not until they are cut off. */
const STALL_SECONDS = 14;
/** Short, so that the run sees the end of those that do not read (the daemon's: 30 s). */
const SLOW_LIMIT_MS = 6_000;
/** What is wanted by none but those that will not read: their sockets are full within seconds, not minutes. */
const FLOOD_BYTES = 16_384;
const FLOOD_EVERY_MS = 5;

/**
 * 500 subscribers of four cameras at five frames a second, beside the same bytes broadcast by `ws` alone; then some that do not read,
 * and a storm of all that come back. Each subscriber counts what it got, what it was told to have missed, and what neither came
 * nor was told.
 */
export async function subscribers(): Promise<BenchFigures> {
  const rows = [
    ...(await steady(500)),
    ...(await stalled(500, 50)),
    ...(await stalled(1_000, 100)),
    ...(await storm(500)),
  ];
  return { schema: 'weir.bench/1', name: 'subscribers', ladder: 'none', rows };
}

interface Round {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMsPerSecond: number;
  readonly rssMb: number;
  readonly report: CrowdReport;
}

async function steady(count: number): Promise<BenchRow[]> {
  const name = `${count} subscribers`;
  const weir = await Stage.open(await weirOutlets(SLOW_LIMIT_MS), [[count, READ_BY_ALL]]);
  const bare = await Stage.open(await bareOutlets(), [[count, READ_BY_ALL]]);
  const rounds: { weir: Round; bare: Round }[] = [];
  // In turn: while one sends, the other's subscribers idle.
  for (let n = 0; n < ROUNDS; n++) rounds.push({ weir: await weir.round(), bare: await bare.round() });
  await weir.close();
  await bare.close();
  const of = (variant: 'weir' | 'bare', figure: (round: Round) => number) =>
    median(rounds.map((round) => figure(round[variant])));
  const pair = (figure: string, value: (round: Round) => number, unit: string): BenchRow[] => [
    row(name, figure, of('weir', value), unit, ROUNDS, of('bare', value)),
    { ...row(name, figure, of('bare', value), unit, ROUNDS), variant: 'bare ws' },
  ];
  const last = rounds.at(-1)?.weir;
  if (last === undefined) return [];
  return [
    ...pair('delay p50', ({ p50Ms }) => p50Ms, 'ms'),
    ...pair('delay p99', ({ p99Ms }) => p99Ms, 'ms'),
    ...pair('processor time of the sender', ({ cpuMsPerSecond }) => cpuMsPerSecond, 'ms/s'),
    ...accounts(name, last.report),
    row(name, 'resident memory, last round over first', last.rssMb / (rounds[0]?.weir.rssMb ?? 1), '', 1),
  ];
}

async function stalled(count: number, silent: number): Promise<BenchRow[]> {
  const name = `${count} subscribers, ${silent} do not read`;
  const outlets = await weirOutlets(SLOW_LIMIT_MS);
  const stage = await Stage.open(outlets, [
    [count - silent, READ_BY_ALL],
    [silent, 'all'],
  ]);
  const before = await stage.round();
  await stage.crowd.do({ order: 'stall', count: silent });
  const flood = setInterval(() => outlets.flood(FLOOD_BYTES), FLOOD_EVERY_MS);
  const during = await stage.round(STALL_SECONDS);
  clearInterval(flood);
  await stage.crowd.do({ order: 'resume' });
  await stage.crowd.until('all are live again', ({ live }) => live === count);
  const after = await stage.round();
  await stage.close();
  const { report } = after;
  return [
    row(name, 'delay p99 of those that read, before', before.p99Ms, 'ms', before.report.delaysMs.length),
    row(
      name,
      'delay p99 of those that read, meanwhile',
      during.p99Ms,
      'ms',
      during.report.delaysMs.length,
      before.p99Ms,
      'before',
    ),
    row(
      name,
      'closed as too slow',
      Object.entries(report.ends).reduce((sum, [why, n]) => sum + (why === 'too slow' ? n : 0), 0),
      '',
      1,
    ),
    row(
      name,
      'connections that ended',
      Object.values(report.ends).reduce((sum, n) => sum + n, 0),
      '',
      1,
    ),
    ...accounts(name, report),
    row(name, 'resident memory, after over before', after.rssMb / before.rssMb, '', 1),
  ];
}

async function storm(count: number): Promise<BenchRow[]> {
  const name = `${count} subscribers drop and return`;
  const stage = await Stage.open(await weirOutlets(SLOW_LIMIT_MS), [[count, READ_BY_ALL]]);
  await stage.round(5);
  const emission = stage.emit();
  await sleep(1_000);
  await stage.crowd.do({ order: 'drop' });
  const tookMs = await stage.crowd.until(
    'all are live again',
    ({ live, ends }) => live === count && Object.keys(ends).length > 0,
  );
  await sleep(3_000);
  await stage.settle(emission);
  const report = await stage.crowd.do({ order: 'report' });
  await stage.close();
  return [row(name, 'until all are live again', tookMs, 'ms', 1), ...accounts(name, report)];
}

/** Outlets with their crowd. */
class Stage {
  readonly crowd = new Crowd();
  readonly #outlets: Outlets;
  #sent = 0;

  private constructor(outlets: Outlets) {
    this.#outlets = outlets;
  }

  static async open(
    outlets: Outlets,
    groups: readonly (readonly [number, readonly string[] | 'all'])[],
  ): Promise<Stage> {
    const stage = new Stage(outlets);
    for (const [count, cameras] of groups) await stage.crowd.do({ order: 'join', url: outlets.url, count, cameras });
    const count = groups.reduce((sum, [n]) => sum + n, 0);
    await stage.crowd.until('all have joined', ({ live }) => live === count);
    return stage;
  }

  emit(): Emission {
    return new Emission({ ...this.#outlets, label: (n) => this.#outlets.label(this.#sent + n) });
  }

  /** Ends an emission and waits for its last label at all that read. */
  async settle(emission: Emission): Promise<void> {
    this.#sent += emission.stop();
    await this.crowd.until('the last label', ({ newest }) => newest[1] === this.#sent - 1);
    await sleep(500);
  }

  async round(seconds = ROUND_SECONDS): Promise<Round> {
    await this.crowd.do({ order: 'report' });
    const [cpu, begun] = [process.cpuUsage(), performance.now()];
    const emission = this.emit();
    await sleep(seconds * 1_000);
    const { user, system } = process.cpuUsage(cpu);
    const tookSeconds = (performance.now() - begun) / 1_000;
    const rssMb = process.memoryUsage.rss() / 1e6;
    this.#sent += emission.stop();
    await sleep(1_000);
    const report = await this.crowd.do({ order: 'report' });
    const delays = Float64Array.from(report.delaysMs).sort();
    const at = (ratio: number) => delays[Math.floor(ratio * (delays.length - 1))] ?? Number.NaN;
    return { p50Ms: at(0.5), p99Ms: at(0.99), cpuMsPerSecond: (user + system) / 1_000 / tookSeconds, rssMb, report };
  }

  async close(): Promise<void> {
    await this.crowd.leave();
    await this.#outlets.close();
  }
}

function accounts(name: string, { labels, lost, doubled, gaps, missed, newest }: CrowdReport): BenchRow[] {
  return [
    row(name, 'labels received', labels, '', 1),
    row(name, 'labels lost in silence', lost, '', 1),
    row(name, 'labels doubled', doubled, '', 1),
    row(name, 'gaps told', gaps, '', 1),
    row(name, 'messages told as missed', missed, '', 1),
    row(name, 'subscribers at the end, slowest behind foremost', newest[1] - newest[0], 'labels', 1),
  ];
}

function row(
  name: string,
  figure: string,
  value: number,
  unit: string,
  n: number,
  rival?: number,
  against = 'bare ws',
): BenchRow {
  const told = { case: name, variant: 'weir', figure, value, unit, n };
  return rival === undefined ? told : { ...told, against, ratio: value / rival };
}
