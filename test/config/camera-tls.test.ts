import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiEntry } from '../../src/config/api-camera.ts';
import { toCameraSource } from '../../src/config/camera.ts';
import { transportDoubt } from '../../src/config/camera-tls.ts';
import { parseConfig } from '../../src/config/load.ts';
import { Redactor } from '../../src/secrets.ts';
import { makeCertificate } from '../support/certificates.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-camera-tls-'));
  makeCertificate(folder, 'own');
  writeFileSync(join(folder, 'empty.pem'), 'no certificate');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = (entry: string) => {
  const options = { path: join(folder, 'weir.yaml'), env: {}, redactor: new Redactor() };
  return parseConfig(`cameras: [{id: gate, ${entry}}]`, options);
};

test('a camera is not verified unless that is asked for, and its file lies beside the configuration', async () => {
  const tlsOf = async (entry: string) => (await load(entry)).cameras.map((camera) => toCameraSource(camera).tls)[0];
  expect(await tlsOf('source: "rtsps://h/x"')).toEqual({ verify: false, caFile: null });
  expect(await tlsOf('source: "https://h/x", tls: {verify: true}')).toEqual({ verify: true, caFile: null });
  const caFile = join(folder, 'own.pem');
  expect(await tlsOf('source: "rtsps://h/x", tls: {verify: true, caFile: own.pem}')).toEqual({ verify: true, caFile });
});

test.each([
  ['rtsps', 'udp', 'tcp', /camera gate comes over TCP, not by its transport: udp/],
  ['RTSPS', 'udp', 'tcp', /camera gate comes over TCP/],
  ['rtsps', 'tcp', 'tcp', null],
  ['rtsp', 'udp', 'udp', null],
])('a camera over %s:// with transport: %s is taken, and comes over %s', async (scheme, asked, used, told) => {
  const { cameras } = await load(`source: "${scheme}://h/x", transport: ${asked}`);
  expect(cameras.map((camera) => toCameraSource(camera).transport)).toEqual([used]);
  const doubts = cameras.map((camera) => transportDoubt(camera));
  expect(doubts).toEqual([told === null ? null : expect.stringMatching(told)]);
});

test.each([
  ['source: "rtsp://h/x", tls: {verify: true}', /tls\.verify: is for rtsps:\/\/ and https:\/\/ sources/],
  ['source: "rtsps://h/x", tls: {caFile: own.pem}', /tls\.caFile: is looked at with verify: true only/],
  ['source: "rtsps://h/x", tls: {ca: own.pem}', /tls\.ca: unknown key/],
  ['source: "rtsps://h/x", tls: {verify: true, caFile: none.pem}', /camera gate: .*none\.pem cannot be read/],
  ['source: "rtsps://h/x", tls: {verify: true, caFile: empty.pem}', /camera gate: .*empty\.pem cannot be read/],
])('%s is refused', async (entry, told) => {
  await expect(load(entry)).rejects.toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringMatching(told) }),
  );
});

test('over the API a camera may be verified, but no file of the machine is read for it', () => {
  const tried = (tls: object) => apiEntry({ id: 'gate', source: 'rtsps://h/x', tls });
  expect(tried({ verify: true })).toMatchObject({ camera: { tls: { verify: true } } });
  expect(tried({ verify: true, caFile: '/etc/shadow' })).toEqual([
    { path: ['tls', 'caFile'], message: expect.stringContaining('must not read files') },
  ]);
});
