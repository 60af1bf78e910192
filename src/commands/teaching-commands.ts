import { type Command, Option } from 'commander';
import type { SharedOptions } from './learning-commands.ts';
import { collect, positiveNumber, ratio, seconds, seed } from './options.ts';
import { stopSignal } from './stop-signal.ts';

/** `weir teach`. */
export function addTeachingCommands(
  program: Command,
  { ladderOption, rungsOption, fpsOption, stateDirOption }: SharedOptions,
  end: (work: Promise<number>) => Promise<void>,
): void {
  program
    .command('teach')
    .description('teach a camera classes of your own, by example')
    .option(
      '--footage <[ID=]FILE>',
      'a recording of the camera, which is named after the file where ID is left out; may be given several times',
      collect,
    )
    .option('--truth <FILE>', 'what it shows when (weir.truth/1); one for each --footage, in the same order', collect)
    .option('--dataset <DIR>', 'pictures of the camera, a folder per class')
    .option('--camera <ID>', 'a camera of the running daemon, with the examples that it kept')
    .option('--url <URL>', 'with --camera: the address of the daemon (default: http://127.0.0.1:8700)')
    .option('--token-file <F>', 'with --camera: holds a token with the scope admin (default: WEIR_TOKEN)')
    .option('--ca-file <F>', 'with --camera: certificates, as PEM, of whoever signed the daemon’s')
    .option('--list', 'with --camera: only list the examples, those that help most first')
    .option(
      '--label <EXAMPLE=CLASS>',
      'with --camera: say what an example shows; ~ for unclear, nothing to unsay',
      collect,
    )
    .option('--span <FROM/TO=CLASS>', 'with --camera: say what all of a time show, e.g. 14:00/14:10=closed', collect)
    .option('--label-only', 'with --camera: label without teaching')
    .option('--minutes <N>', 'with --camera: teach from the last N minutes', positiveNumber)
    .option('--export <DIR>', 'with --camera: write the examples there, a folder per class')
    .option(
      '--question <ID>',
      'of truth files, only this question (may be given several times); of a data set its name',
      collect,
    )
    .option('--from <S>', 'of footage, use what is shown from this time on, in seconds', seconds)
    .option('--to <S>', 'and before this', seconds)
    .option('--region <X,Y,W,H>', 'of footage, the part of the picture that is looked at, in ratios of the picture')
    .addOption(fpsOption)
    .option(
      '--name <ID>',
      'the camera whose heads these are, or as gate/door one of its regions (default: the id of the first --footage)',
    )
    .option('--out <F>', 'heads file to write (default: heads/<camera>.json in the state directory)')
    .addOption(
      new Option(
        '--candidates [WHICH]',
        'choose among mirrored and centred views too, of precision twins the faster, or among really all rungs (else: those that look at the whole)',
      ).choices(['all']),
    )
    .addOption(rungsOption)
    .option('--no-zero', 'without rung zero, which needs no network')
    .option('--no-teacher', 'learn from labelled frames alone: the reference’s head labels no others')
    .option('--target-accuracy-loss <R>', 'least time with at most this loss against the reference', ratio)
    .option('--target-cost-ratio <R>', 'best accuracy in at most this share (0 to 1) of the reference’s time', ratio)
    .addOption(new Option('--seed <N>', 'of every random choice').argParser(seed).default(1))
    .addOption(ladderOption)
    .option('--cache <DIR>', 'where embeddings are kept (default: outcomes/ in the state directory)')
    .addOption(stateDirOption)
    .option('--report <DIR>', 'write a page about what was learnt there')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  weir teach --footage gate=today.mp4 --truth gate.json
  weir teach --footage day=day.mp4 --truth day.json --footage night=night.mp4 --truth night.json --name gate
  weir teach --footage gate.mp4 --truth door.json --region 0,0.2,0.3,0.8 --name gate/door
  weir teach --dataset photos/ --name gate --question door --report report/
  weir teach --camera gate --list
  weir teach --camera gate --span 14:00/14:10=closed --span 14:12/14:20=open --label mwvjauoc=open`,
    )
    .action(async (options) => {
      const stop = stopSignal();
      await end((await import('./teach.ts')).teach(options, stop));
    });
}
