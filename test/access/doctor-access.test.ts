import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { digestOf, newToken } from '../../src/access/token.ts';
import { changeTokens } from '../../src/access/tokens-file.ts';
import { checkAccess } from '../../src/commands/doctor-access.ts';
import { server } from '../../src/config/server.ts';
import { SYSTEM_CLOCK } from '../../src/service/clock.ts';
import { makeCertificate } from '../support/certificates.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-doctor-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

async function addToken(expiresAtMs: number | null): Promise<void> {
  const sha256 = digestOf(newToken()).toString('hex');
  const fields = { id: sha256.slice(0, 8), name: sha256.slice(0, 8), scope: 'read', cameras: 'all' } as const;
  await changeTokens(folder, (tokens) => [...tokens, { ...fields, sha256, createdAtMs: 0, expiresAtMs }]);
}

const check = (fields: object) => checkAccess(server.parse(fields), folder);

test('doctor says whether the daemon could serve where it is to', async () => {
  expect(await check({})).toMatchObject({ ok: true, message: expect.stringContaining('without tokens') });
  const none = await check({ host: '0.0.0.0' });
  expect(none).toMatchObject({ ok: false, remedy: expect.stringContaining('weir token create') });
  await addToken(1);
  expect(await check({ host: '0.0.0.0' })).toEqual(none); // it has expired
  await addToken(null);
  expect(await check({ host: '0.0.0.0' })).toMatchObject({ ok: true, message: expect.stringContaining('without TLS') });
  expect(await check({ auth: 'tokens' })).toMatchObject({ ok: true, message: expect.stringContaining('1 token') });
});

test('doctor says that a certificate cannot be read, or has expired', async () => {
  const tls = { certFile: join(folder, 'a.pem'), keyFile: join(folder, 'a.key') };
  expect(await check({ tls })).toMatchObject({ ok: false, message: expect.stringContaining('a.pem') });
  makeCertificate(folder, 'a');
  expect(await check({ tls })).toMatchObject({ ok: true });
  const threeDaysOn = Date.now() + 3 * 86_400_000;
  vi.spyOn(SYSTEM_CLOCK, 'unixMs').mockReturnValue(threeDaysOn);
  expect(await check({ tls })).toMatchObject({ ok: false, message: expect.stringContaining('expired') });
});
