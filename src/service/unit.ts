/** What a unit is made for. */
export interface UnitSettings {
  /** The command line that starts Weir. */
  readonly command: readonly string[];
  /** Configuration that it runs with; told in the unit's first line, from which removal reads it. */
  readonly configuration: string;
  /** Paths below people's homes that it must read; all else there stays hidden from it. */
  readonly fromHomes: readonly string[];
}

const MARK = '# Written by `weir install-service`, taken away by `weir install-service --remove`. Configuration: ';

/** The unit that ships with Weir, made to start this installation of it. */
export function renderUnit(template: string, { command, configuration, fromHomes }: UnitSettings): string {
  const binds = fromHomes.map((path) => `BindReadOnlyPaths=${quote(path)}`);
  const homes = binds.length === 0 ? 'ProtectHome=yes' : ['ProtectHome=tmpfs', ...binds].join('\n');
  const unit = template
    .replace(/^ExecStart=.*$/m, () => `ExecStart=${command.map(quoteArgument).join(' ')}`)
    .replace(/^ProtectHome=.*$/m, () => homes);
  return `${MARK}${configuration}\n${unit}`;
}

/** The configuration of a unit that `renderUnit` made; `null` for any other. */
export function configurationOf(unit: string): string | null {
  const [first = ''] = unit.split('\n');
  return first.startsWith(MARK) ? first.slice(MARK.length) : null;
}

/** As systemd reads it: `%` begins a specifier. */
function quote(text: string): string {
  const escaped = text.replaceAll('%', '%%');
  return /^[\w@%+=:,./-]+$/.test(escaped) ? escaped : `"${escaped.replace(/["\\]/g, '\\$&')}"`;
}

/** In a command line `$` begins a variable as well. */
function quoteArgument(text: string): string {
  return quote(text).replaceAll('$', '$$$$');
}
