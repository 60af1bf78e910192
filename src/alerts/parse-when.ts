import { suggestion } from '../artifact/problems.ts';
import { type Between, type Head, type Place, type When, WhenError } from './when.ts';
import { type Token, tokensOf } from './when-tokens.ts';
import { parseDays, parseDuration, parseTime } from './when-values.ts';

export const CAMERA_STATES = ['connecting', 'live', 'stalled', 'failed', 'ended', 'paused'];
const CLAUSES = ['for', 'on', 'between'];
/** What a label without quotes cannot be called. */
const KEYWORDS = new Set([...CLAUSES, 'camera', 'any', 'no', 'not', 'begins', 'ends', 'is', 'and', 'or', 'weekdays']);

/**
 * Reads what a rule waits for: `vehicle > 0.8 for 3s on gate between 22:00 and 06:00`. The grammar is in docs/alerts.md.
 *
 * @throws WhenError with the place and what was expected there
 */
export function parseWhen(text: string): When {
  return new Parser(tokensOf(text)).when();
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  when(): When {
    const { head, places } = this.#head();
    const given: { forSeconds?: number; places?: readonly Place[] | null; between?: Between; days?: number[] } =
      places === undefined ? {} : { places };
    for (let token = this.#next(); token.kind !== 'end'; token = this.#next()) {
      const once = (key: keyof typeof given) => {
        if (given[key] !== undefined) throw new WhenError(`"${token.text}" is said twice`, token.position);
      };
      if (isWord(token, 'for')) {
        once('forSeconds');
        given.forSeconds = parseDuration(this.#next());
      } else if (isWord(token, 'between')) {
        once('between');
        given.between = this.#between();
      } else if (isWord(token, 'on') && isWord(this.#peek(), 'weekdays')) {
        this.#next();
        once('days');
        given.days = parseDays(this.#list(() => this.#next()));
      } else if (isWord(token, 'on')) {
        once('places');
        given.places = this.#places();
      } else {
        const near = token.kind === 'word' ? suggestion(token.text, CLAUSES) : '';
        throw new WhenError(`"for", "on" or "between" is expected, not "${token.text}"${near}`, token.position);
      }
    }
    const { forSeconds = 0, between = null, days = null } = given;
    return { head: this.#checked(head, forSeconds), places: given.places ?? null, forSeconds, between, weekdays: days };
  }

  #head(): { head: Head; places?: readonly Place[] | null } {
    const first = this.#next();
    if (isWord(first, 'no') || isWord(first, 'not')) {
      return { head: { kind: 'absence', label: this.#label(this.#next()) } };
    }
    const isAny = isWord(first, 'any') && isWord(this.#peek(), 'camera');
    if (isAny) this.#next();
    if (isAny || isWord(first, 'camera')) {
      const names = isAny || isWord(this.#peek(), 'is') ? null : this.#list(() => this.#name('a camera'));
      const places = names?.map((camera) => ({ camera, question: null })) ?? null;
      return { head: this.#state(), places };
    }
    const label = this.#label(first);
    const token = this.#peek();
    if (isWord(token, 'begins') || isWord(token, 'ends')) {
      this.#next();
      return { head: { kind: 'event', label, phase: token.text.toLowerCase() === 'begins' ? 'begin' : 'end' } };
    }
    if (token.kind !== 'sign' || !token.text.startsWith('>')) {
      return { head: { kind: 'label', label, above: null, orEqual: false } };
    }
    this.#next();
    return { head: { kind: 'label', label, above: this.#confidence(), orEqual: token.text === '>=' } };
  }

  #state(): Head {
    this.#expect('is');
    const isNot = isWord(this.#peek(), 'not');
    if (isNot) this.#next();
    const states: string[] = [];
    do {
      const token = this.#next();
      const state = token.text.toLowerCase();
      if (!CAMERA_STATES.includes(state)) {
        const near = suggestion(state, CAMERA_STATES);
        throw new WhenError(`"${token.text}" is no state of a camera${near}`, token.position);
      }
      states.push(state);
    } while (this.#takes('or'));
    return { kind: 'state', states, isNot };
  }

  #confidence(): number {
    const { text, position } = this.#next();
    const value = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
    if (text === '' || !(value >= 0 && value < 1)) {
      throw new WhenError(`a confidence from 0 to below 1 is expected, not "${text}"`, position);
    }
    return value;
  }

  #between(): Between {
    const from = parseTime(this.#next());
    this.#expect('and');
    const token = this.#next();
    const to = parseTime(token);
    if (from === to) throw new WhenError('both times are the same: leave "between" out for all day', token.position);
    return { from, to };
  }

  #places(): readonly Place[] | null {
    if (this.#takes('any')) {
      this.#expect('camera');
      return null;
    }
    return this.#list(() => {
      const camera = this.#name('a camera');
      if (this.#peek().text !== '/' || this.#peek().kind !== 'sign') return { camera, question: null };
      const names: string[] = [];
      while (this.#peek().kind === 'sign' && this.#peek().text === '/') {
        this.#next();
        names.push(this.#name('a question'));
      }
      return { camera, question: names.join('/') };
    });
  }

  #list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.#peek().kind === 'sign' && this.#peek().text === ',') {
      this.#next();
      items.push(item());
    }
    return items;
  }

  #label(token: Token): string {
    if (token.kind === 'quoted' && token.text.trim() !== '') return token.text;
    if (token.kind === 'word' && !KEYWORDS.has(token.text.toLowerCase())) return token.text;
    const said = token.kind === 'end' ? 'nothing' : `"${token.text}"`;
    const remedy = token.kind === 'word' ? `: put it in quotes if a label is called so` : '';
    throw new WhenError(`a label is expected, not ${said}${remedy}`, token.position);
  }

  #name(what: string): string {
    const token = this.#next();
    if (token.kind === 'quoted' || (token.kind === 'word' && !KEYWORDS.has(token.text.toLowerCase())))
      return token.text;
    const said = token.kind === 'end' ? 'nothing' : `"${token.text}"`;
    throw new WhenError(`the name of ${what} is expected, not ${said}`, token.position);
  }

  #checked(head: Head, forSeconds: number): Head {
    const end = this.#tokens.at(-1)?.position ?? 1;
    if (head.kind === 'absence' && forSeconds === 0) {
      throw new WhenError(`for how long there is to be no ${head.label} is missing: add e.g. "for 10m"`, end);
    }
    if (head.kind === 'event' && forSeconds > 0) {
      const instead = head.phase === 'begin' ? `"${head.label} for …"` : `"no ${head.label} for …"`;
      throw new WhenError(`what begins or ends does not last: say ${instead} without "${head.phase}s"`, end);
    }
    return head;
  }

  #expect(word: string): void {
    const token = this.#next();
    if (isWord(token, word)) return;
    const said = token.kind === 'end' ? 'nothing' : `"${token.text}"`;
    throw new WhenError(`"${word}" is expected, not ${said}`, token.position);
  }

  #takes(word: string): boolean {
    const takes = isWord(this.#peek(), word);
    if (takes) this.#at++;
    return takes;
  }

  #peek(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }
}

function isWord(token: Token, word: string): boolean {
  return token.kind === 'word' && token.text.toLowerCase() === word;
}
