import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { messagesSchema } from '../../src/protocol/documents.ts';
import { serverMessages } from '../../src/protocol/server-schemas.ts';
import { temporaryFolder } from '../support/clips.ts';
import { Daemon } from '../support/daemon.ts';
import { waitFor } from '../support/processes.ts';
import { writeYard, YARD_RATE_HZ } from '../support/yard.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let daemon: Daemon;
const path = (name: string) => join(folder.path, name);

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeYard(folder.path);
  const camera = { source: path('clip.mkv'), fps: YARD_RATE_HZ, pace: 'fast', budgetMs: 'none', heads: 'heads.json' };
  const cameras = [
    { ...camera, id: 'gate', reuse: { auditRatio: 0.5 } },
    { ...camera, id: 'yard', view: 'motion', heads: 'none', mode: 'fixed:low' },
  ];
  const config = { ladder: path('ladder'), inference: { slots: 1 }, cameras };
  await writeFile(path('weir.yaml'), JSON.stringify(config));
  daemon = new Daemon(['--config', path('weir.yaml')], { XDG_STATE_HOME: path('state') });
  await daemon.subscribe();
  daemon.ask({ cameras: 'every one' });
  await waitFor(async () => {
    const served = await fetch(`${daemon.address}/api/asyncapi.json`).catch(() => null);
    documents.push(...(served?.ok ? [await served.json()] : []));
    return served !== null;
  }, 'the document');
  await daemon.untilLabels(1);
  daemon.ask({ since: 'another:1' });
  const schema = await fetch(`${daemon.address}/api/schemas/weir.v1.json`).catch(() => null);
  documents.push(await schema?.json());
  await daemon.exit();
}, 60_000);
afterAll(async () => {
  await daemon.stop('SIGKILL');
  await folder.remove();
});
const documents: unknown[] = [];

test('the documents are served', () => {
  expect(documents).toMatchObject([{ asyncapi: '3.0.0' }, { title: 'weir.v1+json' }]);
});

test('messages of every type are sent, and have the fields of the schema and no others', () => {
  const ajv = new Ajv2020({ allErrors: true });
  const validate = ajv.compile(messagesSchema(false));
  expect(new Set(daemon.messages.map(({ type }) => type))).toEqual(new Set(Object.keys(serverMessages)));
  const wrong = daemon.messages.filter((message) => !validate(message));
  expect(wrong.slice(0, 1)).toEqual([]);
});

test('what may be left out was there too: tracks, audits, answers that are told again', () => {
  const has = (field: string) => daemon.labels.some((label) => field in label);
  expect([has('audit'), has('reusedAgeMs')]).toEqual([true, true]);
  expect(daemon.labels.some(({ view }) => (view as { track?: number } | undefined)?.track !== undefined)).toBe(true);
});
