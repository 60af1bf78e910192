import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { Redactor } from '../../src/secrets.ts';

async function load(text: string, files: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'weir-config-'));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  const redactor = new Redactor();
  const { alerts } = await parseConfig(text, { path: join(folder, 'weir.yaml'), env: {}, redactor });
  return { alerts, redactor };
}

test.each([
  ['rules: [{id: a, when: car fro 3s}]', /line 2: alerts\.rules\[0\]\.when: at character 5: .*did you mean "for"/],
  [
    'rules: [{id: a, when: car, to: [gaurd]}]\n  webhooks: [{id: guard, url: "http://h/"}]',
    /rules\[0\]\.to\[0\]: .*"guard"/,
  ],
  ['rules: [{id: a, when: car}, {id: a, when: van}]', /rules\[1\]\.id: "a" is already the id of rules\[0\]/],
  ['rules: [{id: a, when: car between 22:00 and 06:00}]', /rules\[0\]\.when: .*alerts\.timeZone/],
  ['timeZone: Europe/Viena', /alerts\.timeZone: .*name of a time zone/],
  ['webhooks: [{id: log, url: "http://h/"}]', /webhooks\[0\]\.id: "log" is what another target is called/],
  ['webhooks: [{id: a, url: "ftp://h/"}]', /webhooks\[0\]\.url: must be an http/],
  ['webhooks: [{id: a, url: "http://h/", secret: short}]', /webhooks\[0\]\.secret: must have at least 16/],
  ['mqtt: {url: "mqtt://u:p@h"}', /alerts\.mqtt\.url: .*passwordFile/],
  ['mqtt: {url: "mqtt://h", topic: "a/#"}', /alerts\.mqtt\.topic/],
])('%s is told with its place', async (text, message) => {
  await expect(load(`alerts:\n  ${text}`)).rejects.toMatchObject({
    code: 'config-invalid',
    message: expect.stringMatching(message),
  });
});

test('secrets come from files, and are known to the redactor', async () => {
  const text = `alerts:
  webhooks: [{id: a, url: "http://user:in-url@h/", secretFile: s}]
  mqtt: {url: "mqtt://h", username: u, passwordFile: p}`;
  const { alerts, redactor } = await load(text, { s: 'sixteen-characters\n', p: 'broker-word\n' });
  expect(alerts.webhooks[0]).toMatchObject({ secret: 'sixteen-characters' });
  expect(alerts.mqtt).toMatchObject({ username: 'u', password: 'broker-word' });
  expect(redactor.quote('sixteen-characters broker-word in-url')).toBe('*** *** ***');
});

test('a secret that is too short to be one is refused, and one that is not there', async () => {
  const text = 'alerts: {webhooks: [{id: a, url: "http://h/", secretFile: s}]}';
  await expect(load(text, { s: 'short' })).rejects.toMatchObject({ code: 'secret-file' });
  await expect(load(text)).rejects.toMatchObject({
    code: 'secret-file',
    message: expect.stringContaining('webhook a'),
  });
});
