import { usageError } from '../errors.ts';
import { plainName } from '../words.ts';
import { nearest } from './nearest.ts';
import { countOf, type Vocabulary } from './vocabulary.ts';

/** Groups by name: labels, ids, kinds and other groups; `not:` before one takes it out. */
export type GroupDefinitions = Readonly<Record<string, readonly string[]>>;

/** A group with its labels, before a camera's choice. */
export interface Group {
  readonly name: string;
  /** Indices of labels. */
  readonly members: ReadonlySet<number>;
}

const NOT = /^not:\s*/i;

interface Definition {
  readonly name: string;
  readonly entries: readonly string[];
  readonly isReady: boolean;
}

/** The groups that cameras of one ladder may choose from. Each is looked up when it is first asked for. */
export class GroupBook {
  readonly vocabulary: Vocabulary;
  readonly #ready: ReadonlyMap<string, Definition>;
  readonly #own: ReadonlyMap<string, Definition>;
  readonly #known = new Map<Definition, Group>();

  /** @param own take the place of ready ones of the same name */
  constructor(vocabulary: Vocabulary, ready: GroupDefinitions, own: GroupDefinitions) {
    this.vocabulary = vocabulary;
    this.#ready = byName(ready, true);
    this.#own = byName(own, false);
  }

  /** Names as they are defined, sorted. */
  get names(): string[] {
    const definitions = new Map([...this.#ready, ...this.#own]);
    return [...definitions.values()].map(({ name }) => name).sort();
  }

  /**
   * @returns `null` where no group has this name
   * @throws WeirError of its definition: `groups-unknown`, `groups-ambiguous`, `groups-circular`, `groups-empty` …
   */
  find(name: string): Group | null {
    const definition = this.#definition(name, []);
    return definition === null ? null : this.#resolve(definition, []);
  }

  /** @throws WeirError `groups-unknown` with the nearest name; else as `find` */
  require(name: string): Group {
    const group = this.find(name);
    if (group !== null) return group;
    throw usageError(
      'groups-unknown',
      `there is no group "${name}"${nearest(name, this.names)}`,
      `define it under groups:, or choose of ${this.names.join(', ') || 'none, as none ships for this ladder'}`,
    );
  }

  /** Checks every own definition, also those that no camera uses. @throws WeirError as `find` */
  check(): void {
    for (const definition of this.#own.values()) this.#resolve(definition, []);
  }

  /** The labels that one entry of a list stands for: a group, else what the vocabulary knows. */
  membersOf(text: string): Iterable<number> {
    return this.find(text)?.members ?? this.labelsOf(text);
  }

  /** As `Vocabulary.find`; group names are among the suggestions. */
  labelsOf(text: string): readonly number[] {
    return this.vocabulary.find(text, this.names);
  }

  /**
   * In its own definition a group's name means the ready one, so that a group may be a correction of that; ready groups are
   * made of ready ones.
   */
  #definition(name: string, inside: readonly Definition[]): Definition | null {
    const plain = plainName(name);
    const last = inside.at(-1);
    const own = last?.isReady === true ? undefined : this.#own.get(plain);
    if (own !== undefined && own !== last) return own;
    const ready = this.#ready.get(plain);
    return ready === undefined || ready === last ? null : ready;
  }

  #resolve(definition: Definition, inside: readonly Definition[]): Group {
    const known = this.#known.get(definition);
    if (known !== undefined) return known;
    const path = [...inside, definition];
    if (inside.includes(definition)) {
      const circle = path.map(({ name }) => name).join(' → ');
      throw usageError('groups-circular', `groups are made of themselves: ${circle}`, 'name labels in one of them');
    }
    const members = new Set<number>();
    const out = new Set<number>();
    for (const entry of definition.entries) {
      const found = this.#entry(entry.replace(NOT, ''), definition, path);
      for (const index of found) (NOT.test(entry) ? out : members).add(index);
    }
    for (const index of out) members.delete(index);
    const group = { name: definition.name, members };
    if (members.size === 0 && !definition.isReady) {
      throw usageError(
        'groups-empty',
        `the group "${definition.name}" holds no label`,
        'add labels to it, or remove it',
      );
    }
    this.#known.set(definition, group);
    return group;
  }

  #entry(text: string, { name, isReady }: Definition, path: readonly Definition[]): Iterable<number> {
    const nested = this.#definition(text, path);
    if (nested !== null) return this.#resolve(nested, path).members;
    const found = this.labelsOf(text);
    // A ladder of few labels need not have all that a ready group names; what a person named must be there.
    if (found.length > 0 || isReady) return found;
    throw usageError(
      'groups-unknown',
      `group "${name}": of "${text}" this ladder has ${countOf(found)}`,
      'name labels that this ladder has',
    );
  }
}

function byName(definitions: GroupDefinitions, isReady: boolean): Map<string, Definition> {
  return new Map(Object.entries(definitions).map(([name, entries]) => [plainName(name), { name, entries, isReady }]));
}
