import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { weir } from '../support/daemon.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-token-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const token = (...args: string[]) => weir(['token', ...args, '--state-dir', folder]);

describe('weir token', () => {
  test('makes, lists and revokes', async () => {
    const made = await token('create', '--name', 'wall', '--cameras', 'gate,yard', '--expires', '30d');
    expect(made.code).toBe(0);
    expect(made.stdout).toMatch(/^weir_[\w-]{43}\n$/);
    const listed = await token('list', '--json');
    expect(JSON.parse(listed.stdout).tokens).toEqual([
      expect.objectContaining({ name: 'wall', scope: 'read', cameras: ['gate', 'yard'], expired: false }),
    ]);
    expect(listed.stdout).not.toContain('sha256');
    expect((await token('create', '--name', 'wall')).stderr).toContain('already');
    expect((await token('revoke', 'wall')).code).toBe(0);
    expect((await token('list')).stdout).toBe('');
    expect((await token('revoke', 'wall')).code).toBe(2);
  }, 60_000);

  test('warns of a camera that neither the state directory nor a configuration knows, and makes the token all the same', async () => {
    const unknown = await token('create', '--name', 'early', '--cameras', 'gtae');
    expect([unknown.code, unknown.stderr]).toEqual([0, expect.not.stringContaining('gtae')]); // nobody tells any camera
    const cameras = {
      schema: 'weir.cameras/1',
      cameras: [{ entry: { id: 'gate', source: 'rtsp://h/x' }, isPaused: false }],
    };
    writeFileSync(join(folder, 'cameras.json'), JSON.stringify(cameras));
    const config = join(folder, 'weir.yaml');
    writeFileSync(config, 'cameras: [{id: yard, source: "rtsp://h/y"}]');
    const made = await token('create', '--name', 'wall', '--cameras', 'gtae,yard', '--config', config);
    expect([made.code, made.stdout]).toEqual([0, expect.stringMatching(/^weir_/)]);
    expect(made.stderr).toContain('no camera "gtae" is known here (did you mean "gate"?)');
    expect(made.stderr).not.toContain('"yard"');
  }, 30_000);

  test('never repeats a token that is pasted in place of a name', async () => {
    const { stdout } = await token('create', '--name', 'wall');
    const refused = await token('revoke', stdout.trim());
    expect(refused.code).toBe(2);
    expect(refused.stderr).not.toContain(stdout.trim());
  }, 30_000);

  test('loses nothing to others at the same time', async () => {
    const made = await Promise.all([1, 2, 3, 4].map((n) => token('create', '--name', `t${n}`)));
    expect(made.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    const kept = JSON.parse(readFileSync(join(folder, 'tokens.json'), 'utf8'));
    expect(kept.tokens.map(({ name }: { name: string }) => name).sort()).toEqual(['t1', 't2', 't3', 't4']);
  }, 60_000);

  test.runIf(process.getuid?.() === 0)(
    'run as root writes as the owner of the folder, and follows none of its links',
    async () => {
      const [uid, gid] = [65_534, 65_534];
      // As systemd has it: the folder above is closed to the owner.
      chmodSync(folder, 0o700);
      const state = join(folder, 'weir');
      mkdirSync(state, { mode: 0o750 });
      chownSync(state, uid, gid);
      const target = join(folder, 'precious');
      writeFileSync(target, 'precious');
      symlinkSync(target, join(state, 'tokens.json'));
      // The link leads to what its owner may not read, so nothing is done.
      const refused = await weir(['token', 'create', '--name', 'wall', '--state-dir', state]);
      expect(refused.code).toBe(2);
      expect(readFileSync(target, 'utf8')).toBe('precious');
      rmSync(join(state, 'tokens.json'));
      expect((await weir(['token', 'create', '--name', 'wall', '--state-dir', state])).code).toBe(0);
      const file = statSync(join(state, 'tokens.json'));
      expect([file.uid, file.gid, file.mode & 0o777]).toEqual([uid, gid, 0o600]);
      const after = statSync(state);
      expect([after.uid, after.gid, after.mode & 0o777]).toEqual([uid, gid, 0o750]);
    },
    30_000,
  );
});

describe('weir run', () => {
  test('beyond this machine refuses to start without tokens', async () => {
    const { code, stderr } = await weir(['run', '--host', '0.0.0.0', '--port', '0', '--state-dir', folder]);
    expect(code).toBe(2);
    expect(stderr).toContain('weir token create');
  }, 30_000);
});
