import { describe, expect, test } from 'vitest';
import type { Example } from '../../src/examples/example.ts';
import { labelling, parseLabels } from '../../src/examples/labelling.ts';
import { isTime, spanOf } from '../../src/examples/moments.ts';
import { example } from './support.ts';

const NOW = new Date(2026, 4, 1, 14, 30).getTime();
const at = (hour: number, minute: number, day = 1) => new Date(2026, 4, day, hour, minute).getTime();

describe('times', () => {
  test.each([
    ['14:05', true],
    ['14:05:30', true],
    ['2026-05-01T14:05:30', true],
    ['2026-05-01T14:05:30.250Z', true],
    ['2026-05-01 14:05+02:00', true],
    ['24:00', false],
    ['14.05', false],
    ['2026-13-01T00:00', false],
    ['yesterday', false],
    ['1777600000000', false],
    ['', false],
  ])('%s is one: %s', (text, expected) => {
    expect(isTime(text)).toBe(expected);
  });
  test.each([
    ['of today', '14:00', '14:10', { fromMs: at(14, 0), toMs: at(14, 10) }],
    ['over midnight', '23:50', '00:10', { fromMs: at(23, 50, 0), toMs: at(0, 10) }],
    ['not over yet', '14:20', '15:00', { fromMs: at(14, 20), toMs: at(15, 0) }],
    ['with dates', '2026-04-30T10:00', '2026-04-30T11:00', { fromMs: at(10, 0, 0), toMs: at(11, 0, 0) }],
    [
      'of another zone',
      '2026-05-01T10:00:00Z',
      '2026-05-01T12:00:00+01:00',
      { fromMs: Date.UTC(2026, 4, 1, 10), toMs: Date.UTC(2026, 4, 1, 11) },
    ],
  ])('a span %s', (_what, from, to, expected) => {
    expect(spanOf(from, to, NOW)).toEqual(expected);
  });
  test.each([
    ['2026-05-01T11:00', '2026-05-01T10:00', /is not before/],
    ['2026-05-01T11:00', '2026-05-01T11:00', /is not before/],
    ['15:00', '15:10', /still to come/],
    ['04:10', '04:00', /from 04:10 is not before to 04:00/],
    ['04:10', '04:10', /is not before/],
  ])('from %s to %s is none', (from, to, why) => {
    expect(spanOf(from, to, NOW)).toMatch(why);
  });
});

describe('a request', () => {
  const kept: Example[] = [
    example({ id: 'a', takenAtMs: at(14, 0) }),
    example({ id: 'b', takenAtMs: at(14, 5), labels: { default: 'open' } }),
    example({ id: 'c', takenAtMs: at(14, 10) }),
  ];
  const work = (body: unknown) => labelling(parseLabels(body), kept, NOW);

  test('labels single examples and spans, which do not hold their end', () => {
    const { changes, inSpans } = work({
      labels: [{ example: 'c', label: 'open' }],
      spans: [{ from: '14:00', to: '14:10', question: 'drive', label: 'empty' }],
    });
    expect(inSpans).toEqual([2]);
    expect(changes).toEqual([
      { example: 'c', question: 'default', label: 'open' },
      { example: 'a', question: 'drive', label: 'empty' },
      { example: 'b', question: 'drive', label: 'empty' },
    ]);
  });
  test('replaces what was said before, takes it away, and says what is unclear', () => {
    const labels = [
      { example: 'a', label: '~' },
      { example: 'b', label: null },
    ];
    expect(work({ labels }).changes.map(({ label }) => label)).toEqual(['~', null]);
  });
  test('changes nothing where it says what is said already', () => {
    const labels = [
      { example: 'a', label: null },
      { example: 'b', label: 'open' },
    ];
    expect(work({ labels, spans: [{ from: '14:00', to: '14:06', question: 'drive', label: null }] })).toEqual({
      changes: [],
      inSpans: [2],
    });
  });
  test('with many spans reads the time of each example once, whatever their order', () => {
    let reads = 0;
    const many = Array.from({ length: 1000 }, (_, n): Example => {
      const made = example({ id: n.toString(36) });
      return Object.defineProperty({ ...made }, 'takenAtMs', {
        get: () => {
          reads++;
          return at(14, 0) + ((n * 7) % 1000) * 100;
        },
      });
    });
    const spans = Array.from({ length: 1000 }, () => ({ from: '14:00', to: '14:10', label: 'open' }));
    const { changes, inSpans } = labelling(parseLabels({ spans }), many, NOW);
    expect(changes).toHaveLength(1000);
    expect(inSpans.every((count) => count === 1000)).toBe(true);
    expect(reads).toBeLessThan(40_000); // a sort of a thousand; not a thousand times a thousand
  });
  test('tells the contradiction of a span once, not of every example in it', () => {
    const span = { from: '14:00', to: '14:20', label: 'open' };
    const run = () => work({ spans: [span, { ...span, label: 'closed' }] });
    expect(run).toThrow(/^spans\[1\]: says "closed" of example a, [^\n]*$/);
  });
  test('may not change endlessly much', () => {
    const many = Array.from({ length: 1000 }, (_, n) => example({ id: n.toString(36), takenAtMs: at(14, 0) }));
    const asking = (questions: number) => {
      const spans = Array.from({ length: questions }, (_, n) => ({
        ...{ from: '14:00', to: '14:10', label: 'open', question: `q${n}` },
      }));
      return () => labelling(parseLabels({ spans }), many, NOW);
    };
    expect(asking(20)().changes).toHaveLength(20_000);
    expect(asking(21)).toThrow(/more than 20000 labels: send fewer at once/);
  });
  test('may say the same twice', () => {
    const span = { from: '14:00', to: '14:06', label: 'shut' };
    expect(work({ labels: [{ example: 'a', label: 'shut' }], spans: [span, span] }).changes).toHaveLength(2);
  });
  test.each([
    ['nothing', {}, /names no label/],
    ['no object', [], /the body: must be an object with keys, not a list/],
    ['an unknown key', { label: [] }, /label: unknown key \(did you mean "labels"\?\)/],
    ['a label of nothing', { labels: [{ label: 'x' }] }, /labels\[0\]\.example: is missing/],
    [
      'an example that is gone',
      { labels: [{ example: 'zz', label: 'x' }] },
      /labels\[0\]\.example: there is no example zz/,
    ],
    ['an empty name', { labels: [{ example: 'a', label: ' ' }] }, /labels\[0\]\.label: must be the name of a class/],
    ['a number', { labels: [{ example: 'a', label: 3 }] }, /labels\[0\]\.label/],
    [
      'the class that is never taught',
      { labels: [{ example: 'a', label: 'other' }] },
      /"other" is the answer to what was never taught/,
    ],
    ['a path', { labels: [{ example: '../a', label: 'x' }] }, /must be the id of an example/],
    [
      'a question without a name',
      { labels: [{ example: 'a', question: '', label: 'x' }] },
      /labels\[0\]\.question: must be 1 to 63/,
    ],
    ['a time that is none', { spans: [{ from: 'noon', to: '14:00', label: 'x' }] }, /spans\[0\]\.from: must be a time/],
    [
      'a span that ends before it begins',
      { spans: [{ from: '2026-05-01T14:00', to: '2026-05-01T13:00', label: 'x' }] },
      /spans\[0\]: from .* is not before/,
    ],
    [
      'contradicting labels',
      {
        labels: [
          { example: 'a', label: 'open' },
          { example: 'a', label: 'closed' },
        ],
      },
      /labels\[1\]: says "closed" of example a, question "default"; labels\[0\] says "open"/,
    ],
    [
      'contradicting spans',
      {
        spans: [
          { from: '14:00', to: '14:06', label: 'open' },
          { from: '14:05', to: '14:20', label: 'closed' },
        ],
      },
      /spans\[1\]: says "closed" of example b, question "default"; spans\[0\] says "open"/,
    ],
  ])('with %s is refused as a whole', (_what, body, why) => {
    expect(() => work(body)).toThrow(
      expect.objectContaining({ code: 'request-invalid', message: expect.stringMatching(why) }),
    );
  });
  test('is told everything that is wrong with it, but not endlessly', () => {
    const labels = Array.from({ length: 40 }, () => ({ example: 'zz', label: 'x' }));
    expect(() => work({ labels })).toThrow(/labels\[19\].*\nand 20 more$/s);
  });
});
