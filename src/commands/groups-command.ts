import type { Command, Option } from 'commander';

/** How `weir groups` is called; what it does is loaded when it is called. */
export function addGroupsCommand(
  program: Command,
  { ladderOption }: { readonly ladderOption: Option },
  end: (work: Promise<number>) => Promise<void>,
): void {
  program
    .command('groups')
    .description('list the groups of labels that cameras may answer with, and what is in them')
    .argument('[NAME...]', 'groups, labels, WordNet ids or kinds (hypernym:bird): prints their labels')
    .option('--config <F>', 'configuration whose own groups are there, too; says what each camera answers')
    .addOption(ladderOption)
    .option('--json', 'one JSON object per line')
    .addHelpText(
      'after',
      '\nExamples:\n  weir groups\n  weir groups two-wheeler "hypernym:bird of prey"\n  weir groups --config weir.yaml',
    )
    .action(async (names, options) => end((await import('./groups.ts')).groups(names, options)));
}
