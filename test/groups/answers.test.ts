import { beforeAll, describe, expect, test } from 'vitest';
import { GroupBook } from '../../src/groups/book.ts';
import { cameraGroups, type GroupWish, groupedQuestion } from '../../src/groups/groups.ts';
import { Vocabulary } from '../../src/groups/vocabulary.ts';
import { letterBook, letters, shippedBook, wish } from '../support/groups.ts';
import fc from '../support/property.ts';

const OWN = { ab: ['a', 'b'], abc: ['a', 'b', 'c'], bd: ['b', 'd'], e: ['e', 'f'] };
const six = letterBook(6, OWN);

/** `{class: its labels}`, in the order of the classes; ignored labels under `-`. */
function answers(book: GroupBook, given: Partial<GroupWish>): Record<string, string> {
  const question = groupedQuestion(book, wish(given));
  if (question === null) return {};
  const found = Object.fromEntries(question.classes.map(({ name }) => [name, '']));
  for (const [index, { name }] of book.vocabulary.labels.entries()) {
    const owner = question.classes[question.classOf[index] ?? -1]?.name ?? '-';
    found[owner] = `${found[owner] ?? ''}${name}`;
  }
  return found;
}

describe('the answers of a camera', () => {
  test.each<[string, Partial<GroupWish>, Record<string, string>]>([
    ['groups, then labels in none of them', { groups: ['ab'] }, { ab: 'ab', c: 'c', d: 'd', e: 'e', f: 'f' }],
    [
      'a label in two groups is in the smaller',
      { groups: ['abc', 'ab'] },
      { ab: 'ab', abc: 'c', d: 'd', e: 'e', f: 'f' },
    ],
    ['only a group: all else is other', { only: ['abc'] }, { abc: 'abc', other: 'def' }],
    ['only groups and labels', { only: ['d', 'ab'] }, { ab: 'ab', d: 'd', other: 'cef' }],
    ['a label that is kept stands alone', { only: ['a', 'abc'] }, { abc: 'bc', a: 'a', other: 'def' }],
    ['groups that only does not keep', { groups: ['ab', 'abc'], only: ['abc'] }, { abc: 'abc', other: 'def' }],
    ['nothing is other where all is kept', { only: ['abc', 'd', 'e'] }, { abc: 'abc', e: 'ef', d: 'd' }],
    ['ignored labels', { ignore: ['a', 'id-c'] }, { b: 'b', d: 'd', e: 'e', f: 'f', '-': 'ac' }],
    ['ignored groups', { groups: ['abc'], ignore: ['ab'] }, { abc: 'c', d: 'd', e: 'e', f: 'f', '-': 'ab' }],
    ['what is ignored is not other', { only: ['ab'], ignore: ['e'] }, { ab: 'ab', other: 'cd', '-': 'ef' }],
    ['a group’s name before a label’s', { groups: ['e'] }, { e: 'ef', a: 'a', b: 'b', c: 'c', d: 'd' }],
  ])('%s', (_what, given, expected) => {
    expect(answers(six, given)).toEqual(expected);
    expect(Object.keys(answers(six, given)).filter((name) => name !== '-')).toEqual(
      Object.keys(expected).filter((name) => name !== '-'),
    );
  });

  test('are those of the ladder where nothing is wished', () => {
    expect(groupedQuestion(six, wish({}))).toBe(null);
  });

  test('of a group have its name for an id; of a label its own', () => {
    const classes = groupedQuestion(six, wish({ only: ['AB', 'd'] }))?.classes;
    expect(classes).toEqual([
      { id: 'ab', name: 'ab' },
      { id: 'id-d', name: 'd' },
      { id: 'other', name: 'other' },
    ]);
  });

  test.each<[Partial<GroupWish>, string, string]>([
    [{ groups: ['ab', 'bd'] }, 'groups-overlap', 'b is in "ab" and in "bd", and neither is the smaller group'],
    [{ groups: ['abd'] }, 'groups-unknown', 'there is no group "abd" (did you mean "ab" or "abc" or "bd"?)'],
    [{ groups: ['a'] }, 'groups-unknown', 'there is no group "a"'],
    [{ only: ['abcde'] }, 'groups-unknown', 'this ladder has no label "abcde"'],
    [{ ignore: ['zz'] }, 'groups-unknown', 'this ladder has no label "zz"'],
    [
      { groups: ['ab'], ignore: ['a', 'b'] },
      'groups-empty',
      'nothing is left for the group "ab": its labels are ignored or in others',
    ],
    [{ only: ['ab'], ignore: ['c', 'd', 'e', 'f'] }, 'groups-too-few', '"ab" is the only answer left'],
    [{ ignore: ['abc', 'd', 'e'] }, 'groups-too-few', 'no answer is left'],
  ])('%j: %s', (given, code, message) => {
    expect(() => groupedQuestion(six, wish(given))).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message), exitCode: 2 }),
    );
  });

  test('cannot be two of one name', () => {
    const book = letterBook(4, { d: ['a', 'b'] });
    expect(() => groupedQuestion(book, wish({ groups: ['d'] }))).toThrow(
      '"d" would be two answers: also the label d (id-d)',
    );
    const labels = [...letters(2), { id: 'c', name: 'third' }, { id: 'x', name: 'Other' }, { id: 'y', name: 'twin' }];
    const odd = new GroupBook(new Vocabulary([...labels, { id: 'z', name: 'twin' }], null), {}, { c: ['a', 'b'] });
    expect(() => groupedQuestion(odd, wish({ groups: ['c'] }))).toThrow('also the label third (c)');
    expect(() => groupedQuestion(odd, wish({ only: ['other', 'a'] }))).toThrow('also the label Other (x)');
    expect(groupedQuestion(odd, wish({ ignore: ['c'] }))?.classes.length).toBe(4);
    expect(() => groupedQuestion(odd, wish({ ignore: ['twin'] }))).toThrow(
      '"twin" may mean y (the label twin) or z (the label twin)',
    );
  });

  test('that are wrong are told with the camera', () => {
    const camera = { id: 'gate', ...wish({ groups: ['nothing'] }) };
    expect(() => cameraGroups(camera, six)).toThrow(
      expect.objectContaining({
        code: 'groups-unknown',
        message: expect.stringMatching(/^camera gate: there is no group/),
      }),
    );
  });

  test('do not depend on the order in which groups and labels are listed', () => {
    const lists = { groups: ['abc', 'ab', 'e'], only: ['abc', 'ab', 'e', 'd'], ignore: ['a', 'f'] };
    const shuffled = fc.record({
      groups: fc.shuffledSubarray(lists.groups, { minLength: 3 }),
      only: fc.shuffledSubarray(lists.only, { minLength: 4 }),
      ignore: fc.shuffledSubarray(lists.ignore, { minLength: 2 }),
    });
    const whole = groupedQuestion(six, lists);
    fc.assert(
      fc.property(shuffled, fc.boolean(), (given, hasOnly) => {
        const question = groupedQuestion(six, hasOnly ? given : { ...given, only: [] });
        const expected = hasOnly ? whole : groupedQuestion(six, { ...lists, only: [] });
        expect([question?.classes, question?.classOf]).toEqual([expected?.classes, expected?.classOf]);
      }),
    );
  });
});

describe('the answers of the ladder that ships', () => {
  let book: GroupBook;
  beforeAll(async () => {
    book = await shippedBook({ delivery: ['moving van', 'minivan'] });
  });
  const sizes = (given: Partial<GroupWish>) => {
    const question = groupedQuestion(book, wish(given));
    const counts =
      question?.classes.map((_, index) => question.classOf.filter((owner) => owner === index).length) ?? [];
    return Object.fromEntries(question?.classes.map(({ name }, index) => [name, counts[index]]) ?? []);
  };

  test('vehicles without the cars, which are their own', () => {
    expect(sizes({ only: ['vehicle', 'car', 'delivery', 'animal', 'dog'] })).toEqual({
      animal: 280,
      car: 12,
      delivery: 2,
      dog: 118,
      vehicle: 58,
      other: 530,
    });
  });

  test('all ready groups that ships can be chosen together, but where two share labels and are as large', () => {
    const { classes } = groupedQuestion(book, wish({ groups: book.names.filter((name) => name !== 'horse') })) ?? {
      classes: [],
    };
    expect(classes.length).toBeGreaterThan(200);
  });
});
