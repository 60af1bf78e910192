import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseBudget, parseModeName, positiveInteger, positiveNumber, seed } from './options.ts';
import { stopSignal } from './stop-signal.ts';

const MOST_CAMERAS = 1000;
const MOST_FPS = 240;
const MOST_SLOTS = 256;

/** A parser of numbers up to a limit. */
function upTo(most: number, parse: (value: string) => number): (value: string) => number {
  return (value) => {
    const number = parse(value);
    if (number > most) throw new InvalidArgumentError(`must be at most ${most}`);
    return number;
  };
}

/** The value of an option that takes a file; another option in its place was meant to be one. */
function fileName(value: string): string {
  if (value.startsWith('--')) throw new InvalidArgumentError('it takes a file, as --json plan.json, or "-" for stdout');
  return value;
}

/** How `weir simulate` is called; what it does is loaded when it is called. */
export function addSimulateCommand(
  program: Command,
  shared: { readonly ladderOption: Option; readonly premodelOption: Option; readonly pointOption: Option },
  end: (work: Promise<number>) => Promise<void>,
): void {
  program
    .command('simulate')
    .description(
      'size a machine on paper: how many cameras it can take, by the daemon’s own decisions on a virtual clock',
    )
    .addOption(
      new Option('--cameras <N>', 'how many there will be; sizes from 1 to 1000 are told around it').argParser(
        upTo(MOST_CAMERAS, positiveInteger),
      ),
    )
    .addOption(new Option('--fps <F>', 'frames a second of each').argParser(upTo(MOST_FPS, positiveNumber)).default(5))
    .option('--only', 'simulate no other number of cameras')
    .option(
      '--trace <F>',
      'what rungs say and take, recorded earlier (default: recorded now, of the demonstration clip)',
    )
    .option('--footage <[ID=]URL>', 'record it of this clip')
    .option('--truth <F>', 'what is right in that clip (weir.truth/1)')
    .option('--record <F>', 'keep what was recorded; without --cameras nothing is simulated')
    .addOption(
      new Option('--cost-scale <X>', 'multiplies all times, e.g. 4 for a machine a quarter as fast')
        .argParser(positiveNumber)
        .default(1),
    )
    .addOption(
      new Option('--slots <N>', 'inference slots (default: as configured)').argParser(
        upTo(MOST_SLOTS, positiveInteger),
      ),
    )
    .addOption(new Option('--seconds <S>', 'virtual time').argParser(upTo(3600, positiveNumber)).default(60))
    .addOption(new Option('--mode <M>', 'hybrid, cascade, select, or fixed:<rung>').argParser(parseModeName))
    .addOption(shared.pointOption)
    .addOption(
      new Option('--budget <MS>', 'milliseconds per frame from its arrival, or none (default: 100)').argParser(
        parseBudget,
      ),
    )
    .option('--heads <F>', 'ask for what this file was taught, in place of the ladder’s labels')
    .option('--config <F>', 'configuration whose mode, ladder and inference settings are simulated')
    .addOption(shared.ladderOption)
    .addOption(shared.premodelOption)
    .addOption(new Option('--seed <N>', 'of every random choice').argParser(seed).default(1))
    .addOption(
      new Option(
        '--json <FILE>',
        'also write weir.simulation/1 to that file; "-" writes it to stdout, and the table to stderr',
      ).argParser(fileName),
    )
    .option('--report <DIR>', 'write a page with plots there')
    .addHelpText(
      'after',
      `
Examples:
  weir simulate --cameras 16 --fps 5
  weir simulate --record gate.trace --footage gate.mp4 --truth gate.json
  weir simulate --trace gate.trace --cameras 50 --cost-scale 4 --slots 4 --report report/`,
    )
    .action(async (options) => {
      const stop = stopSignal();
      await end((await import('./simulate.ts')).simulate(options, stop));
    });
}
