import { type Command, Option } from 'commander';
import { collect, confidence, list, MODES, parseModes, positiveInteger, ratio, seed } from './options.ts';
import { stopSignal } from './stop-signal.ts';

/** Options that other commands have too. */
export interface SharedOptions {
  readonly ladderOption: Option;
  readonly rungsOption: Option;
  readonly premodelOption: Option;
  readonly pointOption: Option;
  readonly fpsOption: Option;
  readonly stateDirOption: Option;
}

/** `weir train` and `weir evaluate`. */
export function addLearningCommands(
  program: Command,
  shared: SharedOptions,
  end: (work: Promise<number>) => Promise<void>,
): void {
  const { ladderOption, rungsOption, premodelOption, pointOption, fpsOption, stateDirOption } = shared;
  const datasetOption = new Option(
    '--dataset <[NAME=]DIR>',
    'labelled images, a folder per class named by WordNet id or label; may be given several times',
  ).argParser(collect);
  const footageOption = new Option(
    '--footage <[ID=]URL>',
    'footage without labels, at least 80 s: the reference rung’s answers count as the truth; may be given several times',
  ).argParser(collect);
  const limitOption = new Option('--limit <N>', 'use at most so many images, evenly spread').argParser(positiveInteger);
  const footageSecondsOption = new Option(
    '--footage-seconds <N>',
    'of a live source, watch so long (default: 600)',
  ).argParser(positiveInteger);

  program
    .command('train')
    .description('fit a premodel: which rung will be right, and when an answer is good enough')
    .addOption(datasetOption)
    .addOption(footageOption)
    .requiredOption('--out <F>', 'premodel file to write')
    .addOption(
      new Option(
        '--candidates [WHICH]',
        'choose the rungs among all of the ladder, of precision twins the faster, or among really all (else: the rungs of its premodel, or its default)',
      ).choices(['all']),
    )
    .addOption(rungsOption)
    .option('--target-accuracy-loss <R>', 'balanced: least time with at most this loss against the reference', ratio)
    .option(
      '--target-loss-per-condition <R>',
      'and at most this under any condition (default: 0.006, or as above)',
      ratio,
    )
    .option(
      '--target-cost-ratio <R>',
      'balanced: best accuracy in at most this share (0 to 1) of the reference’s time',
      ratio,
    )
    .option(
      '--confidence <P>',
      'of the interval that must hold the loss, e.g. 0.95 (default: the estimate)',
      confidence,
    )
    .addOption(new Option('--seed <N>', 'of every random choice').argParser(seed).default(1))
    .addOption(limitOption)
    .addOption(fpsOption)
    .addOption(footageSecondsOption)
    .addOption(ladderOption)
    .option('--cache <DIR>', 'where outcomes are kept (default: outcomes/ in the state directory)')
    .addOption(stateDirOption)
    .option('--report <DIR>', 'write a page about the fit there')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  weir train --dataset photos/ --candidates --out premodel.json --report report/
  weir train --dataset day=day/ --dataset night=night/ --target-accuracy-loss 0.01 --out premodel.json
  weir train --footage gate=gate.mp4 --out premodel.json`,
    )
    .action(async (options) => {
      const stop = stopSignal();
      await end((await import('./train.ts')).train(options, stop));
    });

  program
    .command('evaluate')
    .description('really run every rung and every mode on labelled images, and say what each is worth')
    .addOption(datasetOption)
    .addOption(footageOption)
    .addOption(premodelOption)
    .addOption(
      new Option('--modes <list>', 'modes to run').argParser(parseModes).default(MODES, 'select,cascade,hybrid'),
    )
    .addOption(pointOption)
    .addOption(
      new Option(
        '--rungs <ids>',
        'single rungs to run besides the premodel’s, comma-separated, or all (else: those that look at the whole, of precision twins the first)',
      ).argParser(list),
    )
    .addOption(limitOption)
    .addOption(fpsOption)
    .addOption(footageSecondsOption)
    .addOption(ladderOption)
    .addOption(stateDirOption)
    .option('--json <F>', 'also write weir.evaluation/1 there')
    .option('--report <DIR>', 'write a page with plots there')
    .addHelpText(
      'after',
      `
Examples:
  weir evaluate --dataset photos/ --report report/
  weir evaluate --dataset clean=clean/ --dataset field=field/ --modes cascade,hybrid --json evaluation.json
  weir evaluate --footage gate.mp4 --operating-point fast`,
    )
    .action(async (options) => {
      const stop = stopSignal();
      await end((await import('./evaluate.ts')).evaluate(options, stop));
    });
}
