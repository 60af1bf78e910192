import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { STATUS } from '../../src/server/problem.ts';
import { sourceFiles } from '../support/imports.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** Where what the server answers is thrown or made. */
const ANSWERING = [
  /^src\/server\//,
  /^src\/(errors|principal)\.ts$/,
  /^src\/access\/tokens\.ts$/,
  /^src\/artifact\/write\.ts$/,
  /^src\/(examples|groups|infer)\//,
  /^src\/heads\/artifact\.ts$/,
  /^src\/history\/asking\.ts$/,
  /^src\/premodel\/judge\.ts$/,
  /^src\/commands\/(run-|managed-|not-ready|settled|smoothed|taught\.)/,
];

/** Codes of these files that no request is answered with, and why. */
const NEVER_ANSWERED: Readonly<Record<string, string>> = {
  'camera-regions': 'of a job: told by its state',
  custom: 'a problem of the validator',
  'dashboard-missing': 'at the start',
  'examples-unreadable': 'told as examples-broken',
  'heads-named': 'of a job: told by its state',
  'inference-crashed': 'of a frame',
  'inference-stopped': 'of a frame',
  'listen-failed': 'at the start',
  'port-forbidden': 'at the start',
  'port-in-use': 'at the start',
  'reload-needs-restart': 'of a reload: told in the log',
  'reload-no-rungs': 'of a reload: told in the log',
  'source-duplicate': 'at the start',
  'source-missing': 'at the start',
  'teach-stopped': 'of a job: told by its state',
  'tls-invalid': 'at the start',
  'tls-unreadable': 'at the start',
};

const MADE = /(?:new WeirError|usageError|refused|problem)\(\s*(?:reply,\s*)?(?:(\d{3}),\s*)?'([a-z][a-z0-9-]+)'/g;
const CODE = /\bcode: '([a-z][a-z0-9-]+)'/g;

/** Codes that stand in the sources, with their status where it stands beside them. */
function codesOf(texts: readonly string[]): Map<string, number | null> {
  const found = new Map<string, number | null>();
  for (const text of texts) {
    for (const [, code = ''] of text.matchAll(CODE)) found.set(code, null);
    for (const [, status, code = ''] of text.matchAll(MADE))
      found.set(code, status === undefined ? null : Number(status));
  }
  return found;
}

const sources = sourceFiles(ROOT, 'src').filter(({ path }) => ANSWERING.some((pattern) => pattern.test(path)));
const codes = codesOf(sources.map(({ path }) => read(path)));
const page = read('docs/api.md');

/** Codes by the status in whose row of the table they stand. */
const rows = new Map(
  [...page.matchAll(/^\| (\d{3}) \| (.*) \|$/gm)].map(([, status, row = '']) => [
    Number(status),
    [...row.matchAll(/`([a-z][a-z0-9-]+)`/g)].map(([, code]) => code),
  ]),
);

test('codes are found where they are made', () => {
  expect(codes.size).toBeGreaterThan(40);
  expect(codes.get('host-unknown')).toBe(421);
  expect([...codes.keys()]).toEqual(expect.arrayContaining(['camera-unknown', 'token-in-url', 'exports-busy']));
});

test('every code that the server can answer is in docs/api.md', () => {
  const told = [...codes.keys(), ...Object.keys(STATUS)].filter((code) => NEVER_ANSWERED[code] === undefined);
  expect(told.filter((code) => !page.includes(`\`${code}\``)).sort()).toEqual([]);
});

test('every code stands in the row of its status', () => {
  const known = [...Object.entries(STATUS), ...[...codes].filter(([, status]) => status !== null)];
  expect(known.filter(([code, status]) => rows.get(Number(status))?.includes(code) !== true)).toEqual([]);
});

test('no code is told that nobody answers, and none is left out that is not there', () => {
  const there = new Set([...codes.keys(), ...Object.keys(STATUS)]);
  expect([...rows.values()].flat().filter((code) => code !== undefined && !there.has(code))).toEqual([]);
  expect(Object.keys(NEVER_ANSWERED).filter((code) => !codes.has(code))).toEqual([]);
});
