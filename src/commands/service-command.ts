import type { Command } from 'commander';

/** Adds `weir install-service`. */
export function addServiceCommand(program: Command, end: (work: Promise<number>) => Promise<void>): void {
  program
    .command('install-service')
    .description('make this installation a service of systemd, enabled and started; or take it away again')
    .option(
      '--config <F>',
      'configuration that it runs with; an example is written if there is none',
      '/etc/weir/weir.yaml',
    )
    .option('--remove', 'stop it and remove all of it, its state too; a configuration that was changed is kept')
    .option('--dry-run', 'print the unit (with --remove: what would go) and change nothing')
    .addHelpText(
      'after',
      `
Examples:
  sudo weir install-service
  weir install-service --config /etc/weir/weir.yaml --dry-run
  sudo weir install-service --remove`,
    )
    .action(async (options) => {
      await end((async () => (await import('./install-service.ts')).installService(options))());
    });
}
