import { type Command, Option } from 'commander';
import { list } from './options.ts';

/** Adds `weir token`. */
export function addTokenCommand(
  program: Command,
  { stateDirOption }: { readonly stateDirOption: Option },
  end: (work: Promise<number>) => Promise<void>,
): void {
  const token = program
    .command('token')
    .description('make, list and revoke tokens, by which the daemon lets in whoever is not on this machine')
    .addHelpText(
      'after',
      `
Examples:
  weir token create --name wall --cameras gate,yard
  weir token create --name ops --scope admin --expires 90d
  sudo weir token create --name wall --state-dir /var/lib/weir
  weir token revoke wall`,
    );
  token
    .command('create')
    .description('make a token and print it, this once')
    .requiredOption('--name <N>', 'what it is called in lists and logs')
    .addOption(
      new Option('--scope <S>', 'to see (read), or also to change (admin)').choices(['read', 'admin']).default('read'),
    )
    .option('--cameras <ids>', 'only these cameras, comma-separated (default: all, also those to come)', list)
    .option(
      '--config <file>',
      'a configuration whose cameras those of --cameras may be, beside what the state directory tells',
    )
    .option('--expires <T>', 'when it ends: 12h, 30d, 8w, or a date (default: never)')
    .addOption(stateDirOption)
    .action(async (options) => end((async () => (await import('./token.ts')).tokenCreate(options))()));
  token
    .command('list')
    .description('list tokens, of which only hashes are kept')
    .option('--json', 'weir.token-list/1')
    .addOption(stateDirOption)
    .action(async (options) => end((async () => (await import('./token.ts')).tokenList(options))()));
  token
    .command('revoke')
    .description('take a token away, from a running daemon too')
    .argument('<NAME|ID>')
    .addOption(stateDirOption)
    .action(async (which, options) => end((async () => (await import('./token.ts')).tokenRevoke(which, options))()));
}
