import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BenchRow } from './report.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SECONDS = 20;
/** By then all decoders have begun. */
const SETTLE_SECONDS = 4;
const RATE_HZ = 5;
/** Of what it says, the last so many characters are told if it ends. */
const MOST_SAID = 4_000;
const COUNTS = [1, 4, 16];

/** The daemon as users start it, with ffmpeg and all, with some numbers of cameras that play a clip at 5 frames a second. */
export async function daemonRows(clip: string): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const count of COUNTS) rows.push(...(await watch(clip, count)));
  return rows;
}

async function watch(clip: string, count: number): Promise<BenchRow[]> {
  const sources = Array.from({ length: count }, (_, n) => ['--source', `c${n}=${clip}`]).flat();
  const begun = performance.now();
  const child = spawn(
    process.execPath,
    [`${ROOT}dist/src/main.js`, 'run', '--port', '0', '--loop', '--print', ...sources],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const exited = once(child, 'exit');
  let printed = '';
  let said = '';
  child.stderr.on('data', (data) => {
    said = (said + data).slice(-MOST_SAID);
  });
  const ended = (code: unknown) => {
    throw new Error(`the daemon ended (${code}) before its first label:\n${said}`);
  };
  const firstLabel = new Promise<number>((resolve) => {
    child.stdout.on('data', (data) => {
      printed += data;
      if (/^\d\d:\d\d:/m.test(printed)) resolve(performance.now() - begun);
    });
  });
  try {
    const firstLabelMs = await Promise.race([firstLabel, exited.then(([code]) => ended(code))]);
    await sleep(SETTLE_SECONDS * 1000);
    const metrics = `${/serves (\S+)/.exec(printed)?.[1]}/metrics`;
    const before = await read(metrics);
    const since = performance.now();
    await sleep(SECONDS * 1000);
    const after = await read(metrics);
    const seconds = (performance.now() - since) / 1000;
    const rate = (name: string) => (after(name) - before(name)) / seconds;
    const row = (figure: string, value: number, unit: string): BenchRow => ({
      case: `the daemon, ${count} camera${count === 1 ? '' : 's'} at ${RATE_HZ} fps`,
      variant: 'weir',
      figure,
      value,
      unit,
      n: 1,
    });
    return [
      row('from start to first label', firstLabelMs, 'ms'),
      row('labels', rate('weir_frames_classified_total'), '1/s'),
      row('frames without a label', rate('weir_frames_dropped_total'), '1/s'),
      row('event-loop delay of the main thread, p99', after('weir_event_loop_delay_p99_milliseconds'), 'ms'),
      row('processor time of Weir itself', rate('weir_process_cpu_seconds_total'), 's/s'),
      row('resident memory', after('weir_process_resident_memory_bytes') / 1e6, 'MB'),
    ];
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
}

/** Reads the metrics; gives the sum over all series of a name. */
async function read(url: string): Promise<(name: string) => number> {
  const text = await (await fetch(url)).text();
  return (name) =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce(
      (sum, match) => sum + Number(match[1]),
      0,
    );
}
