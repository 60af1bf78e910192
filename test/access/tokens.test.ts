import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { expiryOf } from '../../src/access/expiry.ts';
import { Failures, networkOf } from '../../src/access/failures.ts';
import { needsTokens, openAccess } from '../../src/access/open.ts';
import { digestOf, isToken, newToken } from '../../src/access/token.ts';
import { TokenAccess } from '../../src/access/tokens.ts';
import { changeTokens, readTokens, type TokenEntry } from '../../src/access/tokens-file.ts';
import { isRefusal } from '../../src/principal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-access-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function entryOf(token: string, fields: Partial<TokenEntry> = {}): TokenEntry {
  return {
    id: randomBytes(4).toString('hex'),
    name: 'wall',
    scope: 'read',
    cameras: 'all',
    sha256: digestOf(token).toString('hex'),
    createdAtMs: 0,
    expiresAtMs: null,
    ...fields,
  };
}

class TestClock {
  nowMs = 1_000_000;
  unixMs = () => this.nowMs;
  monotonicMs = () => this.nowMs;
}

describe('a token', () => {
  test('has 256 random bits and its own look', () => {
    const tokens = new Set(Array.from({ length: 100 }, () => newToken()));
    expect(tokens.size).toBe(100);
    for (const token of tokens) expect(isToken(token)).toBe(true);
    expect(Buffer.from(newToken().slice(5), 'base64url')).toHaveLength(32);
  });

  test.each(['', 'weir_', `${newToken()}x`, newToken().slice(1), ` ${newToken()}`])('%s is none', (text) => {
    expect(isToken(text)).toBe(false);
  });
});

describe('the tokens file', () => {
  test('is for its owner alone and holds no token', async () => {
    const token = newToken();
    await changeTokens(folder, (tokens) => [...tokens, entryOf(token)]);
    const path = join(folder, 'tokens.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).not.toContain(token.slice(5));
    expect(await readTokens(folder)).toHaveLength(1);
  });

  test('is freed of a lock whose holder is gone', async () => {
    const { pid } = spawnSync('true');
    writeFileSync(join(folder, 'tokens.json.lock'), String(pid));
    await changeTokens(folder, () => [entryOf(newToken())]);
    expect(await readTokens(folder)).toHaveLength(1);
  });

  test.each(['nonsense', '{"schema":"weir.tokens/2","tokens":[]}', '{"schema":"weir.tokens/1","tokens":[],"x":1}'])(
    'that holds %s is refused',
    async (text) => {
      writeFileSync(join(folder, 'tokens.json'), text);
      await expect(readTokens(folder)).rejects.toMatchObject({ code: 'tokens-invalid', exitCode: 2 });
    },
  );

  test('is none where there is no file', async () => {
    expect(await readTokens(folder)).toEqual([]);
  });
});

describe('TokenAccess', () => {
  const token = newToken();

  test('lets in by a token, with its scope and cameras', () => {
    const access = new TokenAccess(null, [entryOf(token, { cameras: ['gate'] })], new TestClock());
    expect(access.check(token, '192.0.2.1')).toMatchObject({ name: 'wall', scope: 'read', cameras: ['gate'] });
    expect(access.check(newToken(), '192.0.2.1')).toMatchObject({ code: 'token-invalid' });
    expect(access.check('', '192.0.2.1')).toMatchObject({ code: 'token-invalid' });
  });

  test('ends a token at its time, also of who was let in before', () => {
    const clock = new TestClock();
    const access = new TokenAccess(null, [entryOf(token, { expiresAtMs: clock.nowMs + 1 })], clock);
    const principal = access.check(token, '192.0.2.1');
    if (isRefusal(principal)) throw new Error('refused');
    expect(access.recheck(principal)).toBe(principal);
    clock.nowMs += 1;
    expect(access.check(token, '192.0.2.1')).toMatchObject({ code: 'token-expired' });
    expect(access.recheck(principal)).toMatchObject({ code: 'token-expired' });
  });

  test('tells of changes, and that a token was revoked', () => {
    const access = new TokenAccess(null, [entryOf(token)], new TestClock());
    const principal = access.check(token, '192.0.2.1');
    if (isRefusal(principal)) throw new Error('refused');
    const told = vi.fn();
    const end = access.onChange(told);
    access.set([]);
    expect(told).toHaveBeenCalledOnce();
    expect(access.recheck(principal)).toMatchObject({ code: 'token-invalid' });
    end();
    access.set([]);
    expect(told).toHaveBeenCalledOnce();
  });

  test('blocks an address that fails too often, but none of the valid tokens behind it', () => {
    const clock = new TestClock();
    const access = new TokenAccess(null, [entryOf(token)], clock);
    const codes = Array.from({ length: 21 }, () => access.check(newToken(), '192.0.2.1')).map(
      (answer) => isRefusal(answer) && answer.code,
    );
    expect(codes.slice(0, 20)).toEqual(Array(20).fill('token-invalid'));
    expect(codes[20]).toBe('too-many-failures');
    expect(access.isBlocked('192.0.2.1')).toMatchObject({ retryAfterSeconds: 3 });
    expect(access.check(token, '192.0.2.1')).toMatchObject({ name: 'wall' });
    expect(access.isBlocked('192.0.2.2')).toBeNull();
    clock.nowMs += 3_000;
    expect(access.isBlocked('192.0.2.1')).toBeNull();
  });
});

describe('Failures', () => {
  test('keeps a bounded number of addresses', () => {
    const failures = new Failures();
    for (let n = 0; n < 10_000; n++) failures.record(`10.0.${n >> 8}.${n & 255}`, n);
    expect(failures.size).toBe(4_096);
  });

  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('counts %s as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('expiryOf', () => {
  const now = Date.UTC(2026, 0, 1);
  test.each([
    ['12h', now + 12 * 3_600_000],
    ['30d', now + 30 * 86_400_000],
    ['2030-12-31', new Date(2031, 0, 1).getTime()],
    ['2030-12-31T18:00:00Z', Date.UTC(2030, 11, 31, 18)],
  ])('%s', (text, expected) => expect(expiryOf(text, now)).toBe(expected));

  test.each(['', 'soon', '0d', '30', '2030-02-30', '2030-13-01', '2020-01-01', '-3d', '999999w'])(
    'refuses %s',
    (text) => {
      expect(() => expiryOf(text, now)).toThrow(expect.objectContaining({ code: 'expires-invalid', exitCode: 2 }));
    },
  );
});

describe('openAccess', () => {
  const log = { info: vi.fn(), warn: vi.fn() };
  const parts = () => ({ folder, clock: new TestClock(), log, lookEveryMs: 5 });

  test.each([
    ['127.0.0.1', 'auto', false],
    ['0.0.0.0', 'auto', true],
    ['::', 'auto', true],
    ['127.0.0.1', 'tokens', true],
    ['0.0.0.0', 'none', false],
  ] as const)('%s with auth: %s needs tokens: %s', (host, auth, expected) => {
    expect(needsTokens(host, auth)).toBe(expected);
  });

  test('refuses to serve beyond this machine without a valid token', async () => {
    const wanted = { code: 'no-tokens', exitCode: 2, remedy: expect.stringContaining('weir token create') };
    await expect(openAccess({ ...parts(), host: '0.0.0.0', auth: 'auto' })).rejects.toMatchObject(wanted);
    await changeTokens(folder, () => [entryOf(newToken(), { expiresAtMs: 1 })]);
    await expect(openAccess({ ...parts(), host: '0.0.0.0', auth: 'auto' })).rejects.toMatchObject(wanted);
  });

  test('checks a token on loopback all the same', async () => {
    const token = newToken();
    await changeTokens(folder, () => [entryOf(token)]);
    const { access, stop } = await openAccess({ ...parts(), host: '127.0.0.1', auth: 'auto' });
    expect(access.open).toMatchObject({ scope: 'admin' });
    expect(access.check(token, '127.0.0.1')).toMatchObject({ scope: 'read' });
    stop();
  });

  test('follows the file, and keeps what it knows when that is broken', async () => {
    const token = newToken();
    await changeTokens(folder, () => [entryOf(token)]);
    const { access, stop } = await openAccess({ ...parts(), host: '0.0.0.0', auth: 'auto' });
    const seen = (code: string | undefined) =>
      vi.waitFor(() => expect((access.check(token, '::1') as { code?: string }).code).toBe(code), { timeout: 5_000 });
    await seen(undefined);
    log.warn.mockClear();
    writeFileSync(join(folder, 'tokens.json'), 'nonsense');
    await vi.waitFor(() => expect(log.warn).toHaveBeenCalled(), { timeout: 5_000 });
    await seen(undefined);
    rmSync(join(folder, 'tokens.json'));
    await seen('token-invalid');
    stop();
  });

  test('warns of a proxy that names tell of, where only loopback is open', async () => {
    log.warn.mockClear();
    const names = ['weir.example.org'];
    await changeTokens(folder, () => [entryOf(newToken())]);
    for (const auth of ['tokens', 'auto'] as const) {
      expect(log.warn).not.toHaveBeenCalled();
      (await openAccess({ ...parts(), host: '127.0.0.1', auth, names })).stop();
    }
    expect(log.warn).toHaveBeenCalledExactlyOnceWith({}, expect.stringMatching(/weir\.example\.org.*auth: tokens/));
  });

  test('warns where nobody needs a token beyond this machine', async () => {
    log.warn.mockClear();
    const { access } = await openAccess({ ...parts(), host: '0.0.0.0', auth: 'none' });
    expect(access.open).not.toBeNull();
    expect(log.warn).toHaveBeenCalledOnce();
  });
});
