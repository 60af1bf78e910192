/** Text that is HTML already. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a page: plain text and numbers are escaped, markup is taken as it is, `null` leaves nothing. */
export type Content = Markup | string | number | null | readonly Content[];

/** HTML of a template literal whose inserted values are escaped unless they are markup. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(strings.reduce((text, part, i) => text + rendered(values[i - 1] ?? null) + part));
}

/** For text between tags and inside quoted attributes; what XML allows in no form is left out. */
export function escapeText(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a file name may hold and a page may not
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\ufffd')
      .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
  );
}

function rendered(value: Content): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escapeText(String(value));
  return value.map(rendered).join('');
}
