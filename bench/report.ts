import { writeArtifact } from '../src/artifact/write.ts';
import { notPinnedWarning } from '../src/terminal/clocks.ts';
import { alignedRows } from '../src/terminal/table.ts';
import type { ClockState } from '../src/types.ts';

/** A figure of a benchmark, `weir.bench/1`. */
export interface BenchRow {
  readonly case: string;
  /** `weir`, `rung:<id>`, `without:<part>`, or a rival's name. */
  readonly variant: string;
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  /** Measurements behind the value. */
  readonly n: number;
  readonly ci?: readonly [number, number];
  /** The variant that `ratio` compares with. */
  readonly against?: string;
  readonly ratio?: number;
  /** Of figure `leftOut`: why there are no figures. */
  readonly reason?: string;
}

/** What a benchmark gives; where and at which clocks it ran is added by the one who ran it. */
export type BenchFigures = Omit<BenchReport, 'device' | 'clock'>;

export interface BenchReport {
  readonly schema: 'weir.bench/1';
  readonly name: string;
  readonly device: string;
  readonly clock: ClockState;
  readonly ladder: string;
  readonly sampleRateHz?: number;
  readonly rows: readonly BenchRow[];
  /** What the rows come to, in lines for a person; not in the file. */
  readonly verdict?: readonly string[];
}

/** For what is not told: the clocks of the whole run are read by the one who runs it. */
export const CLOCK: ClockState = { state: 'unreadable', source: 'none' };

/**
 * Prints a table for a person, and writes the report for a program where a path is given.
 *
 * @param reasons of the clock state
 */
export async function tell(report: BenchReport, reasons: readonly string[], jsonPath?: string): Promise<void> {
  const { state } = report.clock;
  if (state === 'pinned') console.log(`clocks are pinned: ${reasons.join('; ')}`);
  else console.log(notPinnedWarning(state, reasons));
  console.log(`${report.name} on ${report.device}\n`);
  const cells = report.rows.map((row) => [
    row.case,
    row.variant,
    row.figure,
    `${format(row.value)} ${row.unit}`.trim(),
    row.ci === undefined ? '' : `[${format(row.ci[0])}, ${format(row.ci[1])}]`,
    row.ratio === undefined ? '' : `${row.ratio.toFixed(3)} x ${row.against}`,
    row.reason ?? `n=${row.n}`,
  ]);
  for (const line of alignedRows(cells, () => true)) console.log(line);
  const { verdict = [], ...figures } = report;
  if (verdict.length > 0) console.log(['', ...verdict].join('\n'));
  if (jsonPath !== undefined) await writeArtifact(jsonPath, `${JSON.stringify(figures, null, 2)}\n`);
}

function format(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
