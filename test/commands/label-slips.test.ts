import { expect, test } from 'vitest';
import { slipsOf } from '../../src/commands/teach-camera-labels.ts';

const questions = (classes: Readonly<Record<string, number>>) => [
  {
    id: 'default',
    classes: Object.entries(classes).map(([name, examples]) => ({ name, examples })),
    unclear: 0,
    unlabelled: 0,
  },
];
const said = (label: string | null) => ({ labels: [{ example: 'mwvjauoc', label }], spans: [] });

test('a class that is nearly another’s name is asked after as soon as it is said', () => {
  expect(slipsOf(said('Emtpy'), questions({ Emtpy: 1, empty: 9, car: 7 }))).toEqual([
    'class "Emtpy" has 1 example (did you mean "empty"?): label again what is wrong, or take it away with --label EXAMPLE=',
  ]);
});

test('a class of its own, one with many examples and what is taken away are no slips', () => {
  expect(slipsOf(said('person'), questions({ person: 1, empty: 9 }))).toEqual([]);
  expect(slipsOf(said('cat'), questions({ cat: 5, car: 9 }))).toEqual([]);
  expect(slipsOf(said(null), questions({ Emtpy: 1, empty: 9 }))).toEqual([]);
});
