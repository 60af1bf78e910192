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
