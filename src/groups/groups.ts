import type { AnswerReader } from '../cascade/reader.ts';
import { about, usageError } from '../errors.ts';
import type { LabelClass } from '../types.ts';
import { OTHER, plainName } from '../words.ts';
import type { Group, GroupBook } from './book.ts';
import { GroupReader, IGNORED } from './reader.ts';

/** What a camera's entry says of its answers; lists of names. */
export interface GroupWish {
  /** Groups that are classes of their own. */
  readonly groups: readonly string[];
  /** Groups and labels that are kept; all else is `other`. Empty: all are. */
  readonly only: readonly string[];
  /** Groups and labels that are no answers. */
  readonly ignore: readonly string[];
}

/** A question whose answers are groups of labels, and labels that stand alone. */
export interface GroupedQuestion {
  /** Groups by name, then labels in the ladder's order, then `other`. */
  readonly classes: readonly LabelClass[];
  /** `int32 [labels]`: the class of each label, or `IGNORED`. */
  readonly classOf: Int32Array;
  /**
   * A new reader, for one loop of frames. It applies the temperatures, so that the policy's are 1 from then on.
   *
   * @param temperatures of the policy's rungs
   */
  reader(temperatures: readonly number[]): AnswerReader;
}

/**
 * The answers of a camera; `null` where it wishes nothing but the ladder's labels.
 *
 * A label that several of its groups hold belongs to the smallest of them. The order of the lists does not matter.
 *
 * @throws WeirError (exit code 2) `groups-unknown`, `groups-ambiguous`, `groups-empty`, `groups-overlap`, `groups-too-few`,
 * `groups-name-taken`, and those of `GroupBook`
 */
export function groupedQuestion(book: GroupBook, wish: GroupWish): GroupedQuestion | null {
  if (wish.groups.length === 0 && wish.only.length === 0 && wish.ignore.length === 0) return null;
  const { labels } = book.vocabulary;
  const ignored = new Set(wish.ignore.flatMap((text) => [...book.membersOf(text)]));
  const { groups, singles } = chosen(book, wish);
  const owners = ownersOf(labels, groups, singles, ignored);
  const isKept = (index: number) => wish.only.length === 0 || singles.has(index);

  const classes: LabelClass[] = groups.map(({ name }) => ({ id: name, name }));
  const classOf = new Int32Array(labels.length).fill(IGNORED);
  const others: number[] = [];
  for (const [index, label] of labels.entries()) {
    if (ignored.has(index)) continue;
    const owner = owners.get(index);
    if (owner !== undefined) classOf[index] = groups.indexOf(owner);
    else if (isKept(index)) classOf[index] = classes.push(label) - 1;
    else others.push(index);
  }
  if (others.length > 0) classes.push({ id: OTHER, name: OTHER });
  for (const index of others) classOf[index] = classes.length - 1;
  requireAnswers(classes, groups.length);
  const reader = (temperatures: readonly number[]) => new GroupReader(classOf, classes.length, temperatures);
  return { classes, classOf, reader };
}

/**
 * A camera's answers; `null` where it wishes nothing but the ladder's labels.
 *
 * @throws WeirError of `groupedQuestion`, naming the camera
 */
export function cameraGroups(camera: GroupWish & { readonly id: string }, book: GroupBook): GroupedQuestion | null {
  return about(`camera ${camera.id}`, () => groupedQuestion(book, camera));
}

/** With `only`, groups that it does not keep are as if they had not been chosen. */
function chosen(book: GroupBook, { groups, only }: GroupWish): { groups: Group[]; singles: Set<number> } {
  const asked = new Set(groups.map((name) => book.require(name)));
  if (only.length === 0) return { groups: sorted(asked), singles: new Set() };
  const kept = only.map((text) => book.find(text) ?? book.labelsOf(text));
  const isGroup = (item: Group | readonly number[]): item is Group => 'members' in item;
  const singles = new Set(kept.flatMap((item) => (isGroup(item) ? [] : [...item])));
  return { groups: sorted(new Set(kept.filter(isGroup))), singles };
}

function sorted(groups: Iterable<Group>): Group[] {
  return [...groups].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The group that each label belongs to; a label that is kept by itself belongs to none. */
function ownersOf(
  labels: readonly LabelClass[],
  groups: readonly Group[],
  singles: ReadonlySet<number>,
  ignored: ReadonlySet<number>,
): Map<number, Group> {
  const owners = new Map<number, Group>();
  for (const [index, { name }] of labels.entries()) {
    if (singles.has(index) || ignored.has(index)) continue;
    const holders = groups.filter(({ members }) => members.has(index));
    const [first, second] = holders.sort((a, b) => a.members.size - b.members.size);
    if (first === undefined) continue;
    if (second !== undefined && second.members.size === first.members.size) {
      throw usageError(
        'groups-overlap',
        `${name} is in "${first.name}" and in "${second.name}", and neither is the smaller group`,
        `take it out of one of them: define that group with not:${name.replaceAll(' ', '_')}`,
      );
    }
    owners.set(index, first);
  }
  const heard = new Set(owners.values());
  const silent = groups.find((group) => !heard.has(group));
  if (silent === undefined) return owners;
  const why = silent.members.size === 0 ? 'this ladder has none of its labels' : 'its labels are ignored or in others';
  throw usageError('groups-empty', `nothing is left for the group "${silent.name}": ${why}`, 'choose fewer groups');
}

/** @param groups that stand first */
function requireAnswers(classes: readonly LabelClass[], groups: number): void {
  if (classes.length < 2) {
    const [one] = classes;
    throw usageError(
      'groups-too-few',
      `${one === undefined ? 'no answer is' : `"${one.name}" is the only answer`} left`,
      'keep at least two: choose more groups, or ignore less',
    );
  }
  // Labels of one name are the ladder's own affair.
  const ours = classes.filter(({ id }, index) => index < groups || (id === OTHER && index === classes.length - 1));
  for (const answer of ours) {
    const isTaken = ({ id, name }: LabelClass) => id === answer.id || plainName(name) === plainName(answer.name);
    const label = classes.find((other) => other !== answer && isTaken(other));
    if (label === undefined) continue;
    throw usageError(
      'groups-name-taken',
      `"${answer.name}" would be two answers: also the label ${label.name} (${label.id})`,
      answer.name === OTHER ? 'put that label into a group' : 'give the group another name',
    );
  }
}
