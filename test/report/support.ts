import { expect } from 'vitest';
import type { Premodel } from '../../src/premodel/artifact.ts';

/** Elements that HTML never closes. */
const VOID = new Set(['meta', 'img', 'br']);

/** Every element of a page is closed by its own end tag, in order, and no bare `&` or `<` is left. */
export function expectWellFormed(page: string): void {
  const body = page.replace(/^<!doctype html>/, '').replace(/<style>[\s\S]*?<\/style>/g, '');
  const open: string[] = [];
  const rest = body.replace(
    /<(\/?)([A-Za-z][\w-]*)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*(\/?)>/g,
    (_, end, name, _a, empty) => {
      if (end === '/') expect(open.pop()).toBe(name);
      else if (empty !== '/' && !VOID.has(name)) open.push(name);
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]/);
  expect(rest).not.toMatch(/&(?!#\d+;|\w+;)/);
}

/** The page runs nothing and fetches nothing. */
export function expectSelfContained(page: string): void {
  expect(page).not.toMatch(/<(script|link|iframe|object|embed|base|foreignObject)\b/i);
  expect(page).not.toMatch(/<[^>]*\son\w+=/i);
  expect(page.replace(/ xmlns(:\w+)?="[^"]*"/g, '')).not.toMatch(/https?:\/\//);
  for (const [, address] of page.matchAll(/(?:src|href)="([^"]*)"/g))
    expect(address).toMatch(/^(data:image\/jpeg;base64,|#)/);
  for (const [, address] of page.matchAll(/url\(([^)]*)\)/g)) expect(address).toMatch(/^#/);
}

/** What stands in the page for a text from outside. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function drawings(page: string): string[] {
  return page.match(/<svg[^>]* role="img"[\s\S]*?<\/svg>/g) ?? [];
}

const IDS = ['small<1>', 'large'];

const point = (name: 'accurate' | 'balanced' | 'fast' | undefined, rungs: string[], costRatio: number) => ({
  ...(name === undefined ? {} : { name }),
  rungs,
  entry: rungs.slice(1).map(() => 0.5),
  accept: rungs.slice(1).map(() => 0.5),
  expected: {
    accuracy: 0.7,
    accuracyGainVsTop: costRatio / 50 - 0.01,
    interval: [-0.02, 0.02] as [number, number],
    costRatio,
    meanRungsRun: 1.5,
    shareByRung: Object.fromEntries(rungs.map((id) => [id, 1 / rungs.length])),
  },
});
const front = [
  point(undefined, IDS.slice(0, 1), 0.3),
  point('fast', IDS, 0.4),
  point('balanced', IDS, 0.5),
  point('accurate', IDS, 0.9),
];

/** Made up, of two rungs, the same front in all modes. */
export const PREMODEL: Premodel = {
  schema: 'weir.premodel/1',
  ladder: { name: 'made up', fingerprint: 'f' },
  rungs: IDS.map((id, k) => ({
    id,
    costMs: 3 + 7 * k,
    temperature: 1,
    mergeWeight: 1,
    deferral: { intercept: 0, weights: [] },
  })),
  reference: { id: 'large', costMs: 10, accuracy: 0.7 },
  features: ['sharpness'],
  modes: { select: front, cascade: front, hybrid: front },
  fitted: {
    truth: 'labels',
    samples: { clean: 1200, field: 34 },
    folds: 10,
    seed: 1,
    target: { kind: 'accuracy-loss', value: 0.002, confidence: null, lossPerCondition: 0.002 },
    circumstances: 'some processor, 1 thread',
  },
};
