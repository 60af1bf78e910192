import { type Command, Option } from 'commander';
import { list, positiveInteger } from './options.ts';
import { stopSignal } from './stop-signal.ts';

/** How `weir profile` is called; what it does is loaded when it is called. */
export function addProfileCommand(
  program: Command,
  { ladderOption, stateDirOption }: { readonly ladderOption: Option; readonly stateDirOption: Option },
  end: (work: Promise<number>) => Promise<void>,
): void {
  program
    .command('profile')
    .description('measure what every rung takes on this machine; run uses it in place of measuring at every start')
    .option('--allow-floating', 'measure although clocks are not pinned; the profile says so')
    .addOption(
      new Option('--max-seconds <N>', 'end after so long, whether every mean is known to ±5 % or not')
        .argParser(positiveInteger)
        .default(600),
    )
    .addOption(new Option('--rungs <ids>', 'measure only these rungs, comma-separated (default: all)').argParser(list))
    .addOption(ladderOption)
    .option('--slots <N>', 'inference slots that run at once (default: as configured)', positiveInteger)
    .option('--config <F>', 'configuration whose ladder and inference settings are measured')
    .option('--out <F>', 'profile to write (default: profile.json in the state directory)')
    .addOption(stateDirOption)
    .option('--json', 'print the profile (weir.profile/1) in place of a table')
    .addHelpText(
      'after',
      `
Examples:
  weir profile
  weir profile --config /etc/weir/weir.yaml --out /etc/weir/profile.json
  weir profile --allow-floating --max-seconds 60 --rungs lite0@96-int8,lite0@96-fp16`,
    )
    .action(async (options) => {
      const stop = stopSignal();
      await end((await import('./profile.ts')).profile(options, stop));
    });
}
