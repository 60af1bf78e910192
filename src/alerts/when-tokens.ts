import { WhenError } from './when.ts';

/** A piece of a rule's text. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'sign' | 'end';
  readonly text: string;
  /** Of its first character, from 1. */
  readonly position: number;
}

const PIECE = /\s*(?:"([^"]*)"|'([^']*)'|(>=|[>,/])|([\p{L}\p{N}_.:%-]+))/uy;

/** @throws WhenError where a character belongs to no piece; ends with a token of kind `end` */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    PIECE.lastIndex = at;
    const match = PIECE.exec(text);
    if (match === null) break;
    const [all, double, single, sign, word] = match;
    const position = at + all.length - all.trimStart().length + 1;
    const quoted = double ?? single;
    if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted, position });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, position });
    else tokens.push({ kind: 'word', text: word ?? '', position });
    at += all.length;
  }
  const rest = text.slice(at);
  const position = at + rest.length - rest.trimStart().length + 1;
  if (rest.trim() !== '') {
    const first = rest.trim().charAt(0);
    const isQuote = first === '"' || first === "'";
    throw new WhenError(isQuote ? `the quote ${first} is not closed` : `"${first}" means nothing here`, position);
  }
  tokens.push({ kind: 'end', text: '', position: text.length + 1 });
  return tokens;
}
