import { usageError, type WeirError } from '../errors.ts';
import type { LabelClass } from '../types.ts';
import { plainName } from '../words.ts';
import { type Synsets, withKinds } from './hypernyms.ts';
import { nearest } from './nearest.ts';

const HYPERNYM = /^hypernym:\s*/i;
/** As many of several meanings are told in an error. */
const MOST_MEANINGS = 6;

/** What a name may mean: one label, or all the labels that are of one kind. */
interface Meaning {
  readonly id: string;
  readonly words: string;
  /** Indices of labels, ascending. */
  readonly members: readonly number[];
  readonly isLabel: boolean;
}

/** All names of a ladder's labels and of the kinds that they are of. Built once for a ladder. */
export class Vocabulary {
  readonly labels: readonly LabelClass[];
  readonly #hasKinds: boolean;
  readonly #byLabelName = new Map<string, Meaning[]>();
  readonly #byId = new Map<string, Meaning>();
  readonly #byWord = new Map<string, Meaning[]>();
  /** As they are written, for suggestions. */
  readonly #spellings = new Set<string>();
  readonly #kindSpellings = new Set<string>();

  /** @param synsets `null` where nothing is known of the labels but their ids and names */
  constructor(labels: readonly LabelClass[], synsets: Synsets | null) {
    this.labels = labels;
    this.#hasKinds = synsets !== null;
    const members = new Map<string, number[]>(Object.keys(synsets ?? {}).map((id) => [id, []]));
    for (const [index, { id, name }] of labels.entries()) {
      const label = { id, words: name, members: [index], isLabel: true };
      this.#byId.set(id, label);
      this.#byLabelName.set(plainName(name), [...(this.#byLabelName.get(plainName(name)) ?? []), label]);
      this.#spellings.add(name);
      if (synsets?.[id] !== undefined) for (const kind of withKinds(synsets, id)) members.get(kind)?.push(index);
    }
    for (const [id, { words }] of Object.entries(synsets ?? {})) {
      const found = this.#byId.get(id);
      const meaning = found ?? { id, words: words[0] ?? id, members: members.get(id) ?? [], isLabel: false };
      this.#byId.set(id, meaning);
      for (const word of words) {
        this.#byWord.set(plainName(word), [...(this.#byWord.get(plainName(word)) ?? []), meaning]);
        if (meaning.members.length === 0) continue;
        this.#spellings.add(word);
        if (found === undefined) this.#kindSpellings.add(word);
      }
    }
  }

  /**
   * The labels that a text names: a label by its name or id, else a kind or a label by any of its words or its id;
   * `hypernym:` before it asks for a kind.
   *
   * @param alsoKnown names that are suggested, too
   * @returns indices of labels, ascending; empty where the name is known but this ladder has no such label
   * @throws WeirError `groups-unknown`, `groups-ambiguous`, `groups-no-hypernyms`
   */
  find(text: string, alsoKnown: readonly string[] = []): readonly number[] {
    const name = text.replace(HYPERNYM, '').trim();
    const wantsKind = HYPERNYM.test(text);
    if (wantsKind && !this.#hasKinds) {
      throw usageError(
        'groups-no-hypernyms',
        `"${text}": nothing is known of what this ladder's labels are kinds of`,
        'name the labels themselves, or put a hypernyms.json beside the ladder',
      );
    }
    if (!wantsKind) {
      const [label, twin] = this.#byLabelName.get(plainName(name)) ?? [];
      if (label !== undefined && twin !== undefined) throw ambiguous(text, [label, twin]);
      if (label !== undefined) return label.members;
    }
    const byId = this.#byId.get(name) ?? this.#byId.get(name.toLowerCase());
    if (byId !== undefined) return byId.members;
    const all = this.#byWord.get(plainName(name)) ?? [];
    const kinds = all.filter(({ isLabel }) => !isLabel);
    const meanings = distinct(wantsKind && kinds.length > 0 ? kinds : all);
    const [only, second] = meanings;
    if (only === undefined) throw this.#unknown(text, name, alsoKnown);
    if (second !== undefined) throw ambiguous(text, meanings);
    return only.members;
  }

  #unknown(text: string, name: string, alsoKnown: readonly string[]): WeirError {
    const wantsKind = HYPERNYM.test(text);
    const known = wantsKind ? this.#kindSpellings : [...alsoKnown, ...this.#spellings];
    const what = wantsKind ? 'no label of this ladder is of a kind' : 'this ladder has no label';
    return usageError(
      'groups-unknown',
      `${what} "${name}"${nearest(name, known)}`,
      this.#hasKinds
        ? 'name a label, a WordNet id, or a kind as in hypernym:bird'
        : 'name a label or its id as labels.json has them',
    );
  }
}

/** Meanings that differ in their labels. */
function distinct(meanings: readonly Meaning[]): Meaning[] {
  const keys = meanings.map(({ members }) => members.join(' '));
  return meanings.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

function ambiguous(text: string, meanings: readonly Meaning[]): WeirError {
  const told = meanings
    .slice(0, MOST_MEANINGS)
    .map(
      ({ id, words, members, isLabel }) =>
        `${id} (${isLabel ? `the label ${words}` : `${words}: ${countOf(members)}`})`,
    );
  return usageError(
    'groups-ambiguous',
    `"${text}" may mean ${told.join(' or ')}`,
    'name the id of the one that is meant',
  );
}

/** `1 label`, `8 labels` */
export function countOf({ length }: { readonly length: number }): string {
  return length === 1 ? '1 label' : `${length} labels`;
}
