import { parseArgs } from 'node:util';
import { reportError } from '../src/commands/shell.ts';
import { openDevice } from '../src/device/open.ts';
import { usageError } from '../src/errors.ts';
import { SYSTEM_CLOCK } from '../src/service/clock.ts';
import { type BenchFigures, tell } from './report.ts';

/** Each benchmark runs the thing and its rival in turn in one run. */
const BENCHMARKS: Readonly<
  Record<string, (folder: string | undefined, report: string | undefined) => Promise<BenchFigures>>
> = {
  history: async () => (await import('./history.ts')).history(),
  overhead: async () => (await import('./overhead.ts')).overhead(),
  cameras: async (clip, report) => (await import('./cameras.ts')).cameras(clip, report),
  pictures: async () => (await import('./pictures.ts')).pictures(),
  peer: async (clip) => (await import('./peer.ts')).peer(clip),
  premodel: async (clip) => (await import('./premodel.ts')).premodel(clip),
  smoothing: async (folder) => (await import('./smoothing.ts')).smoothing(folder),
  subscribers: async () => (await import('./subscribers.ts')).subscribers(),
  teach: async (folder) => (await import('./teach.ts')).teach(folder),
  video: async (folder) => (await import('./video.ts')).video(folder),
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { json: { type: 'string' }, report: { type: 'string' } },
    allowPositionals: true,
  });
  const [name = '', folder] = positionals;
  const benchmark = BENCHMARKS[name];
  if (benchmark === undefined) {
    throw usageError(
      'bench-unknown',
      `there is no benchmark "${name}"`,
      `npm run bench -- NAME [DIR] [--json F], NAME one of ${Object.keys(BENCHMARKS).join(', ')}`,
    );
  }
  const begunMs = SYSTEM_CLOCK.monotonicMs();
  const device = await openDevice({ clock: SYSTEM_CLOCK });
  try {
    const figures = await benchmark(folder, values.report);
    const clock = device.clockSince(begunMs);
    const { reasons } = device.reading;
    const why =
      clock.state === 'mixed'
        ? [`they changed meanwhile; at last: ${device.reading.clock.state}`, ...reasons]
        : reasons;
    await tell({ ...figures, device: device.name, clock }, why, values.json);
  } finally {
    device.stop();
  }
  return 0;
}

process.exitCode = await main().catch((error: unknown) => reportError(error));
