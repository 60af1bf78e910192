import { expect, test } from 'vitest';
import { momentsOf } from '../../src/commands/teach-camera-export.ts';
import { labelledLines, listingLines } from '../../src/commands/teach-camera-words.ts';
import type { ExampleListing } from '../../src/examples/listing.ts';

test('an export keeps moments apart: runs of one class without a gap', () => {
  const taken = (id: string, seconds: number, label: string) => ({
    ...{ id, label, takenAt: new Date(Date.UTC(2026, 4, 1, 12, 0, seconds)).toISOString() },
  });
  const placed = [taken('d', 20, 'open'), taken('a', 0, 'open'), taken('b', 4, 'open'), taken('c', 6, 'shut')];
  expect(Object.fromEntries(momentsOf([...placed, taken('e', 8, 'open')]))).toEqual({
    a: '2026-05-01T12-00-00.000Z',
    b: '2026-05-01T12-00-00.000Z',
    c: '2026-05-01T12-00-06.000Z',
    d: '2026-05-01T12-00-20.000Z',
    e: '2026-05-01T12-00-08.000Z',
  });
});

test('one is told as one', () => {
  const spans = [0, 1, 2].map((examples) => ({ from: '14:00', to: '14:10', examples }));
  expect(labelledLines({ changed: 1, questions: [], spans })).toEqual([
    '1 label is new or another than before',
    'no example lies in 14:00/14:10',
    '1 example lies in 14:00/14:10',
    '2 examples lie in 14:00/14:10',
  ]);
});

test('of what is left from before, the list says how to take it away', () => {
  const example = {
    ...{
      id: 'a',
      takenAt: '2026-05-01T12:00:00.000Z',
      stream: 1,
      ptsSeconds: 0,
      reason: 'unsure',
      width: 4,
      height: 4,
    },
    ...{ bytes: 9, sha256: '', answers: [], labels: {}, picture: '/api/cameras/gate/examples/a.jpg' },
  } as const;
  const totals = { frames: 1, labelled: 0, unsure: 1, random: 0, bytes: 9, oldestAt: null, newestAt: null };
  const listing = { camera: 'gate', keep: false, totals, questions: [], examples: [example] };
  const lines = listingLines(listing as unknown as ExampleListing, 'http://127.0.0.1:1');
  expect(lines.find((line) => line.startsWith('example '))).toMatch(/answer \(how surely right\)/);
  expect(lines.at(-1)).toMatch(/curl -X DELETE http:\/\/127.0.0.1:1\/api\/cameras\/gate\/examples$/);
});
