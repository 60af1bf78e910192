#!/usr/bin/env node
import { createRequire } from 'node:module';
import { Command, Option } from 'commander';
import { addAlertsCommand } from './commands/alerts-command.ts';
import { addGroupsCommand } from './commands/groups-command.ts';
import { addHistoryCommands } from './commands/history-command.ts';
import { addLearningCommands } from './commands/learning-commands.ts';
import {
  collect,
  list,
  parseBudget,
  parseFps,
  parseModeName,
  parseOperatingPoint,
  port,
  positiveInteger,
} from './commands/options.ts';
import { addProfileCommand } from './commands/profile-command.ts';
import { addServiceCommand } from './commands/service-command.ts';
import { leave, printUsageError, reportError, watchStdout } from './commands/shell.ts';
import { addSimulateCommand } from './commands/simulate-command.ts';
import { stopSignal } from './commands/stop-signal.ts';
import { addTeachingCommands } from './commands/teaching-commands.ts';
import { addTokenCommand } from './commands/token-command.ts';
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
const stateDirOption = new Option('--state-dir <DIR>', 'where Weir keeps what it must remember');
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
  .option('--profile <F>', 'times of the rungs, or none to measure (default: profile.json in the state directory)')
  .addOption(rungsOption)
  .addOption(stateDirOption)
  .option('--host <H>', 'address to serve on; beyond this machine it takes tokens (weir token create)')
  .option('--port <N>', 'port to serve on; 0 picks a free one', port)
  .option('--print', 'also print labels on stdout, one line per change; Weir goes on if their reader leaves')
  .addOption(new Option('--log-level <L>', 'the least severe lines to log').choices(['debug', 'info', 'warn', 'error']))
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
  .option('--token-file <F>', 'file that holds an access token')
  .option('--ca-file <F>', 'certificates (PEM) to trust for wss:// in place of the system’s')
  .option('--json', 'one JSON message per line')
  .addHelpText('after', '\nExamples:\n  weir watch\n  weir watch --cameras gate --every frame --json | jq .label')
  .action(async (url, options) => {
    const stop = stopSignal();
    await end((await import('./commands/watch.ts')).watch(url, options, stop, output));
  });

const shared = { ladderOption, rungsOption, premodelOption, pointOption, fpsOption, stateDirOption };
addLearningCommands(program, shared, end);

addTeachingCommands(program, shared, end);

addGroupsCommand(program, { ladderOption }, end);

addProfileCommand(program, { ladderOption, stateDirOption }, end);

addSimulateCommand(program, { ladderOption, premodelOption, pointOption }, end);

addServiceCommand(program, end);

addHistoryCommands(program, { stateDirOption, output }, end);

addTokenCommand(program, { stateDirOption }, end);

addAlertsCommand(program, end);

const config = program
  .command('config')
  .description('check or show a configuration')
  .addHelpText('after', '\nExamples:\n  weir config check weir.yaml\n  weir config show weir.yaml --json');
config
  .command('check')
  .argument('[F]', 'configuration file; without it the defaults')
  .description('say whether a configuration is right, with every problem and its line, and what will hardly be meant')
  .option('--json', 'weir.config-check/1')
  .option('--strict', 'what is warned of is a mistake too: exit code 2')
  .addOption(stateDirOption)
  .action(async (file, options) => end((await import('./commands/config.ts')).configCheck(file, options)));
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
