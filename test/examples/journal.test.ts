import { expect, test } from 'vitest';
import * as journal from '../../src/examples/journal.ts';
import { atOnce, example, grey } from './support.ts';

const { journalLine } = journal;
const replay = (text: string) => atOnce(journal.replay(text));
const journalText = (stored: readonly journal.Stored[]) => atOnce(journal.journalText(stored));

const stored = (id: string) => ({ example: example({ id }), thumbnail: Buffer.from(grey(3)).toString('base64') });
const TEXT = [
  journalText([stored('a'), stored('b')]),
  journalLine({
    type: 'labelled',
    changes: [
      { example: 'a', question: 'default', label: 'open' },
      { example: 'b', question: 'default', label: '~' },
    ],
  }),
  journalLine({ type: 'kept', ...stored('c') }),
  journalLine({ type: 'dropped', examples: ['b'] }),
  journalLine({ type: 'labelled', changes: [{ example: 'a', question: 'default', label: null }] }),
].join('');

const labelsOf = (text: string) =>
  Object.fromEntries(
    [...replay(text).stored].map(
      ([
        id,
        {
          example: { labels },
        },
      ]) => [id, labels.default ?? null],
    ),
  );

test('a journal says in the end what is kept', () => {
  expect(labelsOf(TEXT)).toEqual({ a: null, c: null });
  expect(replay(TEXT)).toMatchObject({ spoilt: 0, isForeign: false });
  expect(labelsOf(journalText([...replay(TEXT).stored.values()]))).toEqual({ a: null, c: null });
});

test('cut off anywhere, it says what was whole before: labels of one request stand or fall together', () => {
  const moments = [{}, { a: null }, { a: null, b: null }, { a: 'open', b: '~' }, { a: 'open', b: '~', c: null }].map(
    (moment) => JSON.stringify(moment),
  );
  const seen = new Set<string>();
  const end = TEXT.indexOf('{"type":"dropped"');
  for (let length = 1; length <= end; length++) {
    const told = JSON.stringify(labelsOf(TEXT.slice(0, length)));
    expect(moments).toContain(told);
    seen.add(told);
  }
  expect([...seen]).toEqual(moments);
});

test('what is torn in the middle is left out, what follows counts', () => {
  const lines = TEXT.split('\n');
  lines[3] = `${lines[3]?.slice(0, 40)}`;
  expect(replay(lines.join('\n')).spoilt).toBe(1);
  expect(labelsOf(lines.join('\n'))).toEqual({ a: null, c: null });
});

test('a journal of another version is not read, an empty one is a new one', () => {
  expect(replay('{"schema":"weir.examples/9"}\n').isForeign).toBe(true);
  expect(replay('')).toMatchObject({ isForeign: false, spoilt: 0 });
});
