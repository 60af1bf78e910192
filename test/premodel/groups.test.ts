import { describe, expect, test } from 'vitest';
import { joinedGroups, type Kin, numbered, strataOf } from '../../src/premodel/groups.ts';
import fc from '../support/property.ts';

const samples = fc.array(
  fc.record({ key: fc.integer({ min: 0, max: 15 }).map(String), group: fc.integer({ min: 0, max: 9 }).map(String) }),
  { maxLength: 30 },
);

describe('joinedGroups', () => {
  test('joins groups that hold the same picture, also by way of a third', () => {
    const all: Kin[] = [
      { key: 'x', group: 'c' },
      { key: 'x', group: 'b' },
      { key: 'y', group: 'b' },
      { key: 'y', group: 'a' },
      { key: 'z', group: 'd' },
    ];
    expect(joinedGroups(all)).toEqual(['a', 'a', 'a', 'a', 'd']);
  });

  test('leaves equal keys and equal groups together, whatever the order', () => {
    fc.assert(
      fc.property(samples, (all) => {
        const joined = joinedGroups(all);
        for (const [i, a] of all.entries()) {
          for (const [j, b] of all.entries()) {
            if (a.key === b.key || a.group === b.group) expect(joined[i]).toBe(joined[j]);
          }
        }
        expect(joinedGroups([...all].reverse())).toEqual([...joined].reverse());
      }),
    );
  });

  test('joins nothing else', () => {
    fc.assert(
      fc.property(samples, (all) => {
        const own = all.map(({ group }, i) => ({ key: `${i}`, group }));
        expect(joinedGroups(own)).toEqual(own.map(({ group }) => group));
      }),
    );
  });
});

test('numbered counts groups as they come', () => {
  expect([...numbered(['b', 'a', 'b', 'c'])]).toEqual([0, 1, 0, 2]);
});

describe('strataOf', () => {
  test('a group is of all its conditions, and as difficult as its samples are on average', () => {
    const strata = strataOf(['a', 'a', 'b', 'c'], ['night', 'day', 'day', 'day'], [1, 4, 3, 3]);
    expect(strata).toEqual(['day,night/0003', 'day,night/0003', 'day/0003', 'day/0003']);
  });

  test('sorts by difficulty, also beyond nine', () => {
    const strata = strataOf(['a', 'b', 'c'], ['', '', ''], [10, 2, 9]);
    expect([...strata].sort()).toEqual([strata[1], strata[2], strata[0]]);
  });
});
