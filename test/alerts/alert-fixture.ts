import type { Alert } from '../../src/alerts/alert.ts';
import type { AlertBook } from '../../src/alerts/courier.ts';

export const alertOf = (id: string, atMs = 0): Alert => ({
  ...{ schema: 'weir.alert/1', id, isTest: false, rule: 'r', camera: 'gate', question: 'q', label: 'car' },
  ...{ confidence: 0.9, track: null, atMs, sinceMs: 0, stream: 1, ptsSeconds: 1, epoch: 'e', seq: 1, text: 'r: car' },
});

/** Remembers nothing. */
export const NO_BOOK: AlertBook = { kept: async () => {}, settle: () => {} };
