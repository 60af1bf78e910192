import type { Command } from 'commander';

/** Adds `weir alerts`. */
export function addAlertsCommand(program: Command, end: (work: Promise<number>) => Promise<void>): void {
  program
    .command('alerts')
    .description('alerts of a running daemon')
    .command('test')
    .description('send an alert by hand, to see whether it arrives')
    .argument('[TARGET...]', 'ids of webhooks, mqtt, log (default: all that are configured)')
    .option('--url <URL>', 'the address of the daemon', 'http://127.0.0.1:8700')
    .option('--token-file <F>', 'holds a token, where the daemon wants one (or WEIR_TOKEN)')
    .option('--ca-file <F>', 'certificates, as PEM, of whoever signed the daemon’s')
    .action(async (targets, options) =>
      end((async () => (await import('./alerts-test.ts')).testAlerts(targets, options))()),
    );
}
