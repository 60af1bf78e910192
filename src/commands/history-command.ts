import { type Command, InvalidArgumentError, Option } from 'commander';
import { list } from './options.ts';
import type { Output } from './shell.ts';

/** Adds `weir history`, `weir backup` and `weir restore`. */
export function addHistoryCommands(
  program: Command,
  { stateDirOption, output }: { readonly stateDirOption: Option; readonly output: Output },
  end: (work: Promise<number>) => Promise<void>,
): void {
  const history = program
    .command('history')
    .description('export and check the labels that were kept')
    .addHelpText(
      'after',
      `
Examples:
  weir history export --format csv --cameras gate --from 2026-03-01T06:00:00Z --out gate.csv
  weir history export --types event | jq .label
  weir history check`,
    );
  history
    .command('export')
    .description('write what was kept, oldest first; a daemon may run meanwhile')
    .addOption(
      new Option('--format <F>', 'a JSON message per line, or a table').choices(['jsonl', 'csv']).default('jsonl'),
    )
    .option('--cameras <ids>', 'only these cameras, comma-separated', list)
    .option('--from <T>', 'from this time on: 2026-03-01T06:00:00Z, or Unix milliseconds', moment)
    .option('--to <T>', 'up to this time', moment)
    .option('--types <T>', 'of label, event and camera, comma-separated (default: all)', types)
    .option('--out <F>', 'a file, in place of stdout')
    .addOption(stateDirOption)
    .action(async (options) =>
      end((async () => (await import('./history-export.ts')).historyExport(options, output))()),
    );
  history
    .command('check')
    .description('look through the database, also while a daemon runs; exit code 1 if it is not sound')
    .option('--json', 'weir.history-check/1')
    .addOption(stateDirOption)
    .action(async (options) => end((async () => (await import('./history-check.ts')).historyCheck(options))()));
  program
    .command('backup')
    .description('copy all that the daemon must remember into a new folder, also while it runs')
    .argument('<DIR>', 'is made; it will hold passwords of cameras')
    .addOption(stateDirOption)
    .action(async (folder, options) => end((async () => (await import('./backup.ts')).backup(folder, options))()));
  program
    .command('restore')
    .description('put a backup in place; what was there is kept aside')
    .argument('<DIR>', 'made by weir backup')
    .addOption(stateDirOption)
    .action(async (folder, options) => end((async () => (await import('./restore.ts')).restore(folder, options))()));
}

const TYPES = ['label', 'event', 'camera'];

function types(value: string): string[] {
  const given = list(value);
  const unknown = given.find((type) => !TYPES.includes(type));
  if (unknown !== undefined || given.length === 0) {
    throw new InvalidArgumentError(`"${unknown ?? ''}" is none of ${TYPES.join(', ')}.`);
  }
  return given;
}

function moment(value: string): number {
  const ms = /^\d{1,15}$/.test(value) ? Number(value) : Date.parse(value);
  if (Number.isFinite(ms)) return ms;
  throw new InvalidArgumentError('Give a time as 2026-03-01T06:00:00Z, or Unix milliseconds.');
}
