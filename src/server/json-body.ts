import { WeirError } from '../errors.ts';

/** Where a text stops being JSON, and why. */
export interface JsonMistake {
  /** Both from 1. */
  readonly line: number;
  readonly character: number;
  readonly message: string;
}

const IN_QUOTES = 'names and texts stand in double quotes';

/** What is told of a body that was refused as no JSON, in a person's words, with the place. */
export function notJson(body: string, cause: unknown): WeirError {
  const found = jsonMistake(body.replace(/^\uFEFF/, ''));
  if (found === null) {
    const message = 'the body has a key "__proto__" or "constructor"';
    return new WeirError('request-invalid', message, { remedy: 'leave it out', cause });
  }
  const { line, character, message } = found;
  return new WeirError('request-invalid', `the body is not JSON: line ${line}, character ${character}: ${message}`, {
    remedy: `correct it there; ${IN_QUOTES}, and no comma stands before } or ]`,
    cause,
  });
}

type Expected = 'value' | 'value or ]' | 'name' | 'name or }' | 'colon' | 'more' | 'end';

/** The first place at which a text is no JSON (RFC 8259); `null`: it is. */
export function jsonMistake(text: string): JsonMistake | null {
  const open: ('{' | '[')[] = [];
  let expected = 'value' as Expected;
  const behindValue = (): Expected => (open.length === 0 ? 'end' : 'more');
  for (let at = 0; ; ) {
    while (' \t\r\n'.includes(text.charAt(at) || 'x')) at++;
    const char = text.charAt(at);
    const tell = (message: string, place = at) => mistakeAt(text, place, message);
    if (char === '') return expected === 'end' ? null : tell(`it ends too early: ${missing(expected, open.at(-1))}`);
    if (expected === 'end') return tell(`nothing more is expected, but there is ${shown(text, at)}`);
    if (expected === 'colon') {
      if (char !== ':') return tell(`a ":" is expected behind a name, not ${shown(text, at)}`);
      expected = 'value';
      at++;
    } else if (expected === 'more' && char === ',') {
      expected = open.at(-1) === '{' ? 'name' : 'value';
      at++;
    } else if (char === '}' || char === ']') {
      const opening = char === '}' ? '{' : '[';
      const isEnd = expected === 'more' || expected === 'name or }' || expected === 'value or ]';
      if (!isEnd || open.at(-1) !== opening) {
        const before = text.slice(0, at).trimEnd();
        if (before.endsWith(',')) return tell(`there is a comma too many before ${char}`, before.length - 1);
        return tell(`${missing(expected, open.at(-1))}, but there is "${char}"`);
      }
      open.pop();
      expected = behindValue();
      at++;
    } else if (expected === 'more') {
      return tell(`a comma or "${open.at(-1) === '{' ? '}' : ']'}" is expected, not ${shown(text, at)}`);
    } else if (char === '"') {
      const end = endOfText(text, at);
      if (typeof end !== 'number') return tell(end.message, end.at);
      at = end;
      expected = expected === 'name' || expected === 'name or }' ? 'colon' : behindValue();
    } else if (expected === 'name' || expected === 'name or }') {
      return tell(`a name in double quotes is expected, not ${shown(text, at)}`);
    } else if (char === '{' || char === '[') {
      open.push(char);
      expected = char === '{' ? 'name or }' : 'value or ]';
      at++;
    } else {
      const length = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/.exec(
        text.slice(at, at + 400),
      )?.[0].length;
      if (length === undefined)
        return tell(`a value is expected, not ${shown(text, at)}${char === "'" ? `: ${IN_QUOTES}` : ''}`);
      at += length;
      expected = behindValue();
    }
  }
}

/** Behind the closing quote of a text. */
function endOfText(text: string, start: number): number | { readonly message: string; readonly at: number } {
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '"') return at + 1;
    if (char < ' ') return { message: 'a text goes over the end of its line: close it, or write \\n', at };
    if (char !== '\\') continue;
    if (!/^(?:["\\/bfnrt]|u[\da-fA-F]{4})/.test(text.slice(at + 1, at + 6))) {
      return { message: `"\\${text.charAt(at + 1)}" means nothing in a text: a backslash is written \\\\`, at };
    }
    at++;
  }
  return { message: 'a text is not closed', at: start };
}

function missing(expected: Expected, open: '{' | '[' | undefined): string {
  if (expected === 'more') return `a "${open === '{' ? '}' : ']'}" is missing`;
  if (expected === 'colon') return 'a ":" is missing';
  return expected.startsWith('name') ? 'a name is missing' : 'a value is missing';
}

/** The word or sign at a place. */
function shown(text: string, at: number): string {
  if (text.charAt(at) === '"') return 'a text';
  return `"${/^(?:[\w.+-]{1,20}|.)/su.exec(text.slice(at, at + 20))?.[0] ?? ''}"`;
}

function mistakeAt(text: string, at: number, message: string): JsonMistake {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, character: [...(before.at(-1) ?? '')].length + 1, message };
}
