import { parseArgs } from 'node:util';
import { reportError } from '../src/commands/shell.ts';
import { usageError } from '../src/errors.ts';
import { type BenchReport, tell } from './report.ts';

/** Each benchmark runs the thing and its rival in turn in one run. */
const BENCHMARKS: Readonly<Record<string, (folder: string | undefined) => Promise<BenchReport>>> = {
  overhead: async () => (await import('./overhead.ts')).overhead(),
  cameras: async (clip) => (await import('./cameras.ts')).cameras(clip),
  peer: async (clip) => (await import('./peer.ts')).peer(clip),
  premodel: async (clip) => (await import('./premodel.ts')).premodel(clip),
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });
  const [name = '', folder] = positionals;
  const benchmark = BENCHMARKS[name];
  if (benchmark === undefined) {
    throw usageError(
      'bench-unknown',
      `there is no benchmark "${name}"`,
      `npm run bench -- NAME [DIR] [--json F], NAME one of ${Object.keys(BENCHMARKS).join(', ')}`,
    );
  }
  await tell(await benchmark(folder), values.json);
  return 0;
}

process.exitCode = await main().catch((error: unknown) => reportError(error));
