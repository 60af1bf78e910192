import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { DaemonApi } from '../../src/commands/daemon-api.ts';
import { openServing } from '../../src/commands/run-access.ts';
import { configSchema } from '../../src/config/schema.ts';
import { readCertificate } from '../../src/server/certificates.ts';
import { HttpServer } from '../../src/server/http.ts';
import { makeCertificate, servedName } from '../support/certificates.ts';

let folder: string;
const path = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-tls-'));
  for (const name of ['a', 'b']) makeCertificate(folder, name);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let end: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const each of end.reverse()) await each();
  end = [];
});

async function serve() {
  for (const kind of ['pem', 'key']) copyFileSync(path(`a.${kind}`), path(`now.${kind}`));
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const tls = { certFile: path('now.pem'), keyFile: path('now.key') };
  const { server } = configSchema.parse({ server: { port: 0, tls } });
  const shutdown = { add: (_name: string, step: () => Promise<void>) => void end.push(step) };
  const serving = await openServing(server, folder, log, shutdown);
  const http = new HttpServer({
    ...server,
    ...serving,
    metrics: async () => ({ contentType: '', text: '' }),
    ready: () => true,
    upgrades: new Map(),
    api: [(app) => app.get('/api/x', async () => ({ x: 1 }))],
  });
  end.push(() => http.close());
  const address = await http.listen();
  return { address, log, renew: await serving.followCertificate(http) };
}

describe('TLS', () => {
  test('is served from 1.2 on', async () => {
    const { address } = await serve();
    expect(address).toMatch(/^https:/);
    expect(await servedName(address, { maxVersion: 'TLSv1.2' })).toBe('a.example');
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    await expect(servedName(address, old)).rejects.toThrow();
  });

  test('takes a new pair, and keeps the old one where the new does not fit', async () => {
    const { address, log, renew } = await serve();
    copyFileSync(path('b.pem'), path('now.pem'));
    renew();
    await vi.waitFor(() => expect(log.error).toHaveBeenCalled(), { timeout: 5_000 });
    expect(await servedName(address)).toBe('a.example');
    copyFileSync(path('b.key'), path('now.key'));
    // Without a signal: the files are looked at.
    await vi.waitFor(async () => expect(await servedName(address)).toBe('b.example'), { timeout: 10_000 });
  });

  test('refuses at the start what cannot serve', async () => {
    const files = { certFile: path('a.pem'), keyFile: path('b.key') };
    await expect(readCertificate(files)).rejects.toMatchObject({ code: 'tls-invalid', exitCode: 2 });
    writeFileSync(path('junk'), 'junk');
    await expect(readCertificate({ ...files, certFile: path('junk') })).rejects.toMatchObject({ code: 'tls-invalid' });
    await expect(readCertificate({ ...files, certFile: path('none') })).rejects.toMatchObject({
      code: 'tls-unreadable',
    });
  });

  test('is spoken by the commands that ask a daemon, with its certificate named', async () => {
    const { address } = await serve();
    const stop = new AbortController().signal;
    const api = await DaemonApi.open(address, { caFile: path('a.pem') }, stop, {});
    expect(await api.get('/api/x')).toEqual({ x: 1 });
    const stranger = await DaemonApi.open(address, {}, stop, {});
    await expect(stranger.get('/api/x')).rejects.toMatchObject({ remedy: expect.stringContaining('--ca-file') });
    expect(readFileSync(path('a.pem'), 'utf8')).toContain('CERTIFICATE');
  });
});
