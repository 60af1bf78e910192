import { expect, test } from 'vitest';
import { Hub } from '../../src/sinks/hub.ts';

test('once it is silent nothing is numbered or sent: the history is sealed at its last number', () => {
  const hub = new Hub({ epoch: 'e', last: 7, clock: { unixMs: () => 0, monotonicMs: () => 0 } });
  const sent: number[] = [];
  hub.add({ publish: ({ seq }) => sent.push(seq), close: async () => {} });
  const status = { camera: 'gate', state: 'live', reason: '', degraded: [] } as const;
  hub.status(status);
  hub.silence();
  hub.status(status);
  expect([sent, hub.last]).toEqual([[8], 8]);
});

test('a state says when it was told', () => {
  const hub = new Hub({ epoch: 'e', last: 7, clock: { unixMs: () => 1_700_000_000_000, monotonicMs: () => 0 } });
  const sent: unknown[] = [];
  hub.add({ publish: (message, text) => sent.push(message, JSON.parse(text)), close: async () => {} });
  hub.status({ camera: 'gate', state: 'live', reason: '', degraded: [] });
  expect(sent).toMatchObject([
    { seq: 8, atMs: 1_700_000_000_000 },
    { seq: 8, atMs: 1_700_000_000_000 },
  ]);
});
