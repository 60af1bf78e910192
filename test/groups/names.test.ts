import { beforeAll, describe, expect, test } from 'vitest';
import { GroupBook, type GroupDefinitions } from '../../src/groups/book.ts';
import { Vocabulary } from '../../src/groups/vocabulary.ts';
import { letterBook, letters, shippedBook } from '../support/groups.ts';

let book: GroupBook;
beforeAll(async () => {
  book = await shippedBook();
});
const found = (text: string) => {
  const indices = book.vocabulary.find(text);
  return indices.length > 3 ? indices.length : indices.map((index) => book.vocabulary.labels[index]?.name).join(', ');
};
const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    const { code, message, exitCode } = error as { code: string; message: string; exitCode: number };
    return [code, message, exitCode];
  }
  return 'no error';
};

describe('a name', () => {
  test.each([
    ['minivan', 'minivan'],
    ['Sports_Car', 'sports car'],
    ['three toed sloth', 'three-toed sloth'],
    ['n02930766', 'cab'],
    ['N02930766', 'cab'],
    ['taxicab', 'cab'],
    ['pickup truck', 'pickup'],
    ['kite (bird)', 'kite (bird)'],
    ['kite', 'kite (bird)'],
    // A label comes before a kind of that name: a monitor is also a lizard.
    ['monitor', 'monitor'],
    ['hypernym:monitor', 'Komodo dragon'],
    ['hypernym: monitor_lizard', 'Komodo dragon'],
    ['motor vehicle', 22],
    ['hypernym:motor vehicle', 22],
    ['n02084071', 118],
    ['HYPERNYM:n02084071', 118],
    // Two words of WordNet that differ, but not in what this ladder has of them.
    ['market', 'grocery store'],
  ])('%s is %s', (text, expected) => {
    expect(found(text)).toBe(expected);
  });

  test.each([
    [
      'crane',
      'groups-ambiguous',
      '"crane" may mean n02012849 (the label crane (bird)) or n03126707 (the label crane (machine))',
    ],
    [
      'hypernym:car',
      'groups-ambiguous',
      '"hypernym:car" may mean n02958343 (car: 10 labels) or n02959942 (car: 2 labels)',
    ],
    ['minivann', 'groups-unknown', 'this ladder has no label "minivann" (did you mean "minivan"?)'],
    ['hypernym:brid', 'groups-unknown', 'no label of this ladder is of a kind "brid" (did you mean "bird"?)'],
    ['beagle hound', 'groups-unknown', 'this ladder has no label "beagle hound" (did you mean "beagle" or "hound"?)'],
    ['xyzzyplugh', 'groups-unknown', 'this ladder has no label "xyzzyplugh"'],
    ['n99999999', 'groups-unknown', 'this ladder has no label "n99999999"'],
  ])('%s is an error: %s', (text, code, message) => {
    expect(codeOf(() => book.vocabulary.find(text))).toEqual([code, message, 2]);
  });

  test('of a kind is an error where nothing is known of kinds; labels have names and ids', () => {
    const plain = new Vocabulary(letters(3), null);
    expect([plain.find('B'), plain.find('id-c')]).toEqual([[1], [2]]);
    expect(codeOf(() => plain.find('hypernym:bird'))).toEqual([
      'groups-no-hypernyms',
      '"hypernym:bird": nothing is known of what this ladder\'s labels are kinds of',
      2,
    ]);
  });
});

describe('a group', () => {
  const members = (own: GroupDefinitions, name: string) => [...letterBook(6, own).require(name).members].sort();

  test('takes labels, other groups, and what is taken out again whatever the order', () => {
    expect(members({ one: ['not:b', 'a', 'b', 'c'] }, 'One')).toEqual([0, 2]);
    expect(members({ one: ['a', 'b'], two: ['one', 'f', 'not:a'] }, 'two')).toEqual([1, 5]);
    expect(members({ one: ['a', 'b'], two: ['c', 'd', 'b', 'not:one'] }, 'two')).toEqual([2, 3]);
  });

  test('comes before a label of its name, and means that label in its own definition', () => {
    const own = { b: ['b', 'c'] };
    expect(members(own, 'b')).toEqual([1, 2]);
    expect([...letterBook(6, own).membersOf('b')]).toEqual([1, 2]);
  });

  test('of a ready one’s name is a correction of it, which ready ones do not see', () => {
    const ready = { some: ['a', 'b'], more: ['some', 'c'] };
    const corrected = new GroupBook(new Vocabulary(letters(4), null), ready, { some: ['some', 'd', 'not:a'] });
    expect([...corrected.require('some').members]).toEqual([1, 3]);
    expect([...corrected.require('more').members]).toEqual([0, 1, 2]);
    expect(corrected.names).toEqual(['more', 'some']);
  });

  test.each<[string, GroupDefinitions, unknown]>([
    ['in a circle', { x: ['y'], y: ['a', 'x'] }, ['groups-circular', 'groups are made of themselves: x → y → x', 2]],
    ['of nothing', { x: ['a', 'not:a'] }, ['groups-empty', 'the group "x" holds no label', 2]],
    ['of what is not there', { x: ['bb'] }, ['groups-unknown', 'this ladder has no label "bb" (did you mean "b"?)', 2]],
    [
      'of another group’s wrong name',
      { xylem: ['a'], y: ['xylm'] },
      ['groups-unknown', 'this ladder has no label "xylm" (did you mean "xylem"?)', 2],
    ],
  ])('%s is an error, even if nobody uses it', (_what, own, expected) => {
    expect(codeOf(() => letterBook(4, own).check())).toEqual(expected);
  });

  test('that does not exist is told with the nearest and all', () => {
    expect(() => book.require('vehicel')).toThrow('there is no group "vehicel" (did you mean "vehicle"?)');
    try {
      book.require('vehicel');
    } catch (error) {
      expect((error as { remedy: string }).remedy).toContain('aircraft, animal, appliance');
    }
  });

  test('of labels that this ladder lacks is an error where a person wrote it', () => {
    const synsets = {
      n1: { words: ['cab'], of: ['n3'] },
      n2: { words: ['moped'], of: ['n3'] },
      n3: { words: ['vehicle'], of: [] },
    };
    const one = new Vocabulary([{ id: 'n1', name: 'cab' }], synsets);
    expect(codeOf(() => new GroupBook(one, {}, { x: ['moped'] }).check())).toEqual([
      'groups-unknown',
      'group "x": of "moped" this ladder has 0 labels',
      2,
    ]);
    expect([...new GroupBook(one, { x: ['moped', 'vehicle'] }, {}).require('x').members]).toEqual([0]);
  });
});
