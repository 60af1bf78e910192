#!/usr/bin/env node
import { createRequire } from 'node:module';
import { Command, Option } from 'commander';
import {
  collect,
  list,
  MODES,
  parseBudget,
  parseFps,
  parseModeName,
  parseModes,
  parseOperatingPoint,
  port,
  positiveInteger,
  ratio,
  seed,
} from './commands/options.ts';
import { addServiceCommand } from './commands/service-command.ts';
import { leave, printUsageError, reportError, watchStdout } from './commands/shell.ts';
import { stopSignal } from './commands/stop-signal.ts';
import { SHIPPED_LADDER } from './types.ts';

/** Commands are loaded when they are called: `weir --help` needs no runtime. */
const { version } = createRequire(import.meta.url)('#package') as { version: string };

const output = watchStdout();
process.stderr.on('error', () => {}); // nobody reads it any more
const program = new Command('weir')
  .description('A streaming video classifier that spends on each frame only the compute that it needs.')
  .version(version)
  .showHelpAfterError('(add --help for its options)')
  .showSuggestionAfterError()
  .configureOutput({ writeErr: printUsageError })
  .exitOverride((error) => {
    if (error.code === 'commander.excessArguments' && error.message.includes("'run'"))
      process.stderr.write('  → sources are named by --source\n');
    process.exit(error.exitCode === 0 ? 0 : 2);
  });

const ladderOption = new Option('--ladder <F>', 'the shipped ladder’s name, a ladder.json, or its folder').default(
  undefined,
  SHIPPED_LADDER,
);
const rungsOption = new Option('--rungs <ids>', 'use only these rungs, comma-separated').argParser(list);
const modeOption = new Option('--mode <M>', 'hybrid, cascade, select, or fixed:<rung>').argParser(parseModeName);
const pointOption = new Option(
  '--operating-point <NAME>',
  'accurate, balanced, fast, or a number in the front',
).argParser(parseOperatingPoint);
const premodelOption = new Option('--premodel <F>', 'premodel to decide by (default: the one beside the ladder)');
const budgetOption = new Option(
  '--budget <MS>',
  'milliseconds per frame from its arrival, or none (default: 100)',
).argParser(parseBudget);
const fpsOption = new Option('--fps <N>', 'frames classified per second, or all').argParser(parseFps);

program
  .command('run')
  .description('run the daemon: classify cameras and serve their labels')
  .option('--config <F>', 'configuration file (YAML), read again on SIGHUP')
  .option(
    '--source <[ID=]URL>',
    'a file, /dev/video device, rtsp(s):// or http(s):// URL; may be given several times',
    collect,
  )
  .option('--loop', 'play files for ever')
  .addOption(
    new Option('--pace <P>', 'play files at their own pace, or as fast as they are classified').choices([
      'source',
      'fast',
    ]),
  )
  .addOption(fpsOption)
  .addOption(modeOption)
  .addOption(pointOption)
  .addOption(budgetOption)
  .addOption(ladderOption)
  .addOption(premodelOption)
  .addOption(rungsOption)
  .option('--host <H>', 'address to serve on (loopback only)')
  .option('--port <N>', 'port to serve on; 0 picks a free one', port)
  .option('--print', 'also print labels on stdout, one line per change; Weir goes on if their reader leaves')
  .addOption(new Option('--log-level <L>').choices(['debug', 'info', 'warn', 'error']))
  .addHelpText(
    'after',
    `
Examples:
  weir run --source demo=clip.mp4 --loop --print
  weir run --source gate=rtsp://user:password@192.0.2.7/stream1 --budget 50
  weir run --config /etc/weir/weir.yaml`,
  )
  .action(async (options) => {
    const stop = stopSignal();
    await end((await import('./commands/run.ts')).run(options, stop));
    await leave();
  });

program
  .command('classify')
  .description('classify image and video files')
  .argument('<FILE...>')
  .addOption(modeOption)
  .addOption(pointOption)
  .addOption(budgetOption)
  .addOption(fpsOption)
  .option('--top <K>', 'print the K most probable labels', positiveInteger)
  .addOption(ladderOption)
  .addOption(premodelOption)
  .addOption(rungsOption)
  .option('--json', 'one JSON object per line')
  .addHelpText(
    'after',
    '\nExamples:\n  weir classify cat.jpg\n  weir classify --mode fixed:lite2@300-int8 --top 5 --json clip.mp4',
  )
  .action(async (files, options) => end((await import('./commands/classify.ts')).classify(files, options, output)));

program
  .command('watch')
  .description('print the labels of a running daemon')
  .argument('[URL]', 'its address', 'http://127.0.0.1:8700')
  .option('--cameras <ids>', 'only these cameras, comma-separated', list)
  .addOption(new Option('--every <E>', 'every label, or only changes').choices(['frame', 'change']).default('change'))
  .option('--since <E:S>', 'continue behind this message (epoch:seq)')
  .option('--json', 'one JSON message per line')
  .addHelpText('after', '\nExamples:\n  weir watch\n  weir watch --cameras gate --every frame --json | jq .label')
  .action(async (url, options) => {
    const stop = stopSignal();
    await end((await import('./commands/watch.ts')).watch(url, options, stop, output));
  });

const datasetOption = new Option(
  '--dataset <[NAME=]DIR>',
  'labelled images, a folder per class named by WordNet id or label; may be given several times',
).argParser(collect);
const footageOption = new Option(
  '--footage <[ID=]URL>',
  'footage without labels: the reference rung’s answers count as the truth; may be given several times',
).argParser(collect);
const limitOption = new Option('--limit <N>', 'use at most so many images, evenly spread').argParser(positiveInteger);
const footageSecondsOption = new Option(
  '--footage-seconds <N>',
  'of a live source, watch so long (default: 600)',
).argParser(positiveInteger);
const stateDirOption = new Option('--state-dir <DIR>', 'where Weir keeps what it must remember');

program
  .command('train')
  .description('fit a premodel: which rung will be right, and when an answer is good enough')
  .addOption(datasetOption)
  .addOption(footageOption)
  .requiredOption('--out <F>', 'premodel file to write')
  .option('--candidates', 'choose the rungs among all of the ladder (else: those of its premodel, or its default)')
  .addOption(rungsOption)
  .option('--target-accuracy-loss <R>', 'balanced: least time with at most this loss against the reference', ratio)
  .option('--target-cost-ratio <R>', 'balanced: best accuracy in at most this share of the reference’s time', ratio)
  .option('--confidence <P>', 'with which the accuracy must hold, e.g. 0.95 (default: the estimate counts)', ratio)
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
    await end((await import('./commands/train.ts')).train(options, stop));
  });

program
  .command('evaluate')
  .description('really run every rung and every mode on labelled images, and say what each is worth')
  .addOption(datasetOption)
  .addOption(footageOption)
  .addOption(premodelOption)
  .addOption(new Option('--modes <list>', 'modes to run').argParser(parseModes).default(MODES, 'select,cascade,hybrid'))
  .addOption(pointOption)
  .addOption(
    new Option('--rungs <ids>', 'single rungs to run besides the premodel’s, comma-separated, or all').argParser(list),
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
    await end((await import('./commands/evaluate.ts')).evaluate(options, stop));
  });

addServiceCommand(program, end);

const config = program
  .command('config')
  .description('check or show a configuration')
  .addHelpText('after', '\nExamples:\n  weir config check weir.yaml\n  weir config show weir.yaml --json');
config
  .command('check')
  .argument('[F]', 'configuration file; without it the defaults')
  .description('say whether a configuration is right, with every problem and its line')
  .action(async (file) => end((await import('./commands/config.ts')).configCheck(file)));
config
  .command('show')
  .argument('[F]', 'configuration file; without it the defaults')
  .description('print the configuration in force, without credentials')
  .option('--json')
  .action(async (file, options) => end((await import('./commands/config.ts')).configShow(file, options)));

program
  .command('doctor')
  .description('look at everything that Weir needs, and say what to do about what is missing')
  .option('--config <F>', 'configuration whose parts are looked at; without it the defaults')
  .addOption(ladderOption)
  .option('--host <H>', 'address that would be served on')
  .option('--port <N>', 'port that would be served on', port)
  .option('--json', 'weir.doctor/1')
  .addHelpText('after', '\nExamples:\n  weir doctor\n  weir doctor --config /etc/weir/weir.yaml --json')
  .action(async (options) => end((await import('./commands/doctor.ts')).doctor(options)));

await program.parseAsync();

async function end(work: Promise<number>): Promise<void> {
  const code = await work.catch((error: unknown) => reportError(error));
  process.exitCode = code === 0 ? output.exitCode : code;
}
