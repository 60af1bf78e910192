import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installationRoot, isBelowHome, requireReadable } from '../../src/commands/service-access.ts';
import { temporaryFolder } from '../support/clips.ts';
import { ROOT, weir } from '../support/daemon.ts';

/** Whether the user of a service could read this checkout and its Node: not below /tmp, and not where a folder is closed. */
async function canBeServed(): Promise<boolean> {
  const main = join(ROOT, 'dist/src/main.js');
  const places = [
    { path: process.execPath, bind: process.execPath },
    { path: main, bind: installationRoot(join(ROOT)) },
  ];
  const readings = places.map(({ path, bind }) => requireReadable(path, isBelowHome(path) ? bind : '/'));
  return (await Promise.allSettled(readings)).every(({ status }) => status === 'fulfilled');
}

describe('weir install-service', () => {
  test('shows the unit without touching anything', async () => {
    const { code, stdout, stderr } = await weir(['install-service', '--dry-run', '--config', '/etc/nowhere/weir.yaml']);
    expect(existsSync('/etc/nowhere')).toBe(false);
    if (!(await canBeServed())) {
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/which runs as a user of its own, cannot read .*: /);
      return;
    }
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ExecStart=\S+ \S+\/dist\/src\/main\.js run --config \/etc\/nowhere\/weir\.yaml$/m);
    expect(existsSync('/etc/nowhere')).toBe(false);
  });

  test('says when there is no systemd', async () => {
    if (existsSync('/run/systemd/system')) return; // it would install: that is tried in a machine of its own
    const { code, stderr } = await weir(['install-service']);
    expect(code).toBe(1);
    expect(stderr).toContain('this machine is not run by systemd');
  });

  test('says when there is nothing to remove', async () => {
    const { code, stderr } = await weir(['install-service', '--remove']);
    expect(code).toBe(2);
    expect(stderr).toContain('no service was installed by `weir install-service`');
  });
});

describe('what a service can read', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const path = (name: string) => join(folder.path, name);
  beforeAll(async () => {
    folder = await temporaryFolder();
    await mkdir(path('open'));
    await mkdir(path('closed'));
    for (const name of ['open/a', 'open/secret', 'closed/a']) await writeFile(path(name), '');
    for (const [name, mode] of [
      ['open', 0o755],
      ['open/a', 0o644],
      ['open/secret', 0o640],
      ['closed/a', 0o644],
      ['closed', 0o700],
    ] as const) {
      await chmod(path(name), mode);
    }
  });
  afterAll(() => folder.remove());

  test('is what everybody may read, below the folder at which it looks', async () => {
    await expect(requireReadable('/etc/passwd')).resolves.toBeUndefined();
    const refusal = { code: 'service-cannot-read', exitCode: 2 };
    await expect(requireReadable('/etc/shadow')).rejects.toMatchObject({
      ...refusal,
      message: expect.stringContaining('it is closed'),
    });
    await expect(requireReadable(path('open/a'))).rejects.toMatchObject({
      ...refusal,
      message: expect.stringContaining('a /tmp of its own'),
    });
  });

  test('of homes and packages is told by their paths', () => {
    expect(['/home/me/x', '/root/x', '/run/user/0/x', '/opt/home/x', '/homes'].map(isBelowHome)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(installationRoot('/home/me/app/node_modules/weir')).toBe('/home/me/app');
    expect(installationRoot('/opt/weir')).toBe('/opt/weir');
  });
});
