// Prints Weir's man page, made from the command line's own help: man.mjs [DATE]
// Needs Weir built. DATE (YYYY-MM-DD) is the page's date.
import { Command } from 'commander';

/** The command line is declared where it is run: it is taken at the moment when it would be. */
async function commandLine() {
  const { parseAsync } = Command.prototype;
  let program;
  Command.prototype.parseAsync = async function () {
    program = this;
    return this;
  };
  try {
    await import('../dist/src/main.js');
  } finally {
    Command.prototype.parseAsync = parseAsync;
  }
  if (program === undefined) throw new Error('dist/src/main.js declares no command line');
  return program;
}

/** Text for roff: no line may begin a request, and a hyphen is the one that a person types. */
const roff = (text) =>
  text
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/^([.'])/gm, '\\&$1');
const literal = (text) => ['.RS 4', '.nf', roff(text), '.fi', '.RE'];
/** A term in bold with its explanation. */
const item = (term, text) => ['.TP', `.B ${roff(term)}`, roff(text || ' ')];

/** Commands that do something, with the words that call them: those that only hold others are left out. */
function leaves(command, words = []) {
  const helper = command.createHelp();
  const inner = helper.visibleCommands(command).filter((sub) => sub.name() !== 'help');
  if (inner.length === 0) return [{ command, words: words.join(' ') }];
  return inner.flatMap((sub) => leaves(sub, [...words, sub.name()]));
}

/** What `addHelpText('after')` shows below the options, of the command and of the one that holds it. */
function after(command) {
  let text = '';
  for (let at = command; at?.parent; at = at.parent) {
    at.emit('afterHelp', { error: false, command: at, write: (part) => (text += part) });
  }
  return text.trim();
}

const callOf = ({ command, words }) => `${words} ${command.usage()}`;

/** One command: how it is called, its arguments, options and examples. */
function section(leaf) {
  const { command } = leaf;
  const helper = command.createHelp();
  const [heading, ...lines] = after(command).split('\n');
  return [
    `.SS "weir ${roff(callOf(leaf))}"`,
    roff(helper.commandDescription(command)),
    ...helper.visibleArguments(command).flatMap((at) => item(helper.argumentTerm(at), helper.argumentDescription(at))),
    ...helper.visibleOptions(command).flatMap((at) => item(helper.optionTerm(at), helper.optionDescription(at))),
    ...(heading === ''
      ? []
      : [
          '.PP',
          roff(heading),
          ...literal(
            lines
              .map((line) => line.trim())
              .join('\n')
              .trim(),
          ),
        ]),
  ];
}

/** What the help does not say, because it is about the installed package. */
const FILES = [
  ['/etc/weir/weir.yaml', 'the service’s configuration; every key is explained in it'],
  ['/var/lib/weir', 'what the service remembers'],
  ['/usr/share/weir/demo.mp4', 'the demonstration clip'],
  ['/usr/share/doc/weir', 'documentation'],
];

const program = await commandLine();
const date = process.argv[2] ?? new Date().toISOString().slice(0, 10);
const page = [
  `.TH WEIR 1 "${date}" "weir ${program.version()}" "User Commands"`,
  '.SH NAME',
  `weir \\- ${roff(program.description().replace(/^An? /, '').replace(/\.$/, ''))}`,
  '.SH SYNOPSIS',
  ...leaves(program).flatMap((leaf) => ['.B weir', roff(callOf(leaf)), '.br']),
  '.SH DESCRIPTION',
  roff(program.description()),
  '.SH COMMANDS',
  ...leaves(program).flatMap(section),
  '.SH EXIT STATUS',
  ...item('0', 'done'),
  ...item('1', 'failed'),
  ...item('2', 'wrong usage or configuration'),
  '.SH FILES',
  ...FILES.flatMap(([path, text]) => item(path, text)),
  '.SH SEE ALSO',
  '.BR systemctl (1),',
  '.BR journalctl (1)',
];
process.stdout.write(`${page.join('\n')}\n`);
