import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { ROOT } from '../support/daemon.ts';
import { BUILD_TIMEOUT_MS, beforeAllWithRegistry, buildDeb, DPKG } from '../support/packages.ts';
import { describeWith } from '../support/parts.ts';
import { runWithin } from '../support/processes.ts';
import { type Booted, boot, SYSTEMD, TREE_TIMEOUT_MS } from '../support/systemd.ts';

/** `e_machine` of the ELF header. */
const MACHINES = { amd64: 62, arm64: 183 } as const;
const UNPACK_TIMEOUT_MS = 120_000;

describeWith([DPKG], 'the Debian package for arm64, laid out on any machine', () => {
  let folder: string;
  let files: string[];
  beforeAllWithRegistry(async () => {
    const deb = await buildDeb('arm64');
    folder = mkdtempSync(join(tmpdir(), 'weir-test-arm64-'));
    await runWithin(UNPACK_TIMEOUT_MS, 'dpkg-deb', ['-R', deb, folder]);
    rmSync(dirname(deb), { recursive: true });
    files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
      statSync(join(folder, path)).isFile(),
    );
  }, BUILD_TIMEOUT_MS + UNPACK_TIMEOUT_MS);
  afterAll(() => folder && rmSync(folder, { recursive: true, force: true }));

  test('says so', () => {
    expect(readFileSync(join(folder, 'DEBIAN/control'), 'utf8')).toMatch(/^Architecture: arm64$/m);
  });

  test('holds binaries of that architecture alone, and all that Weir needs', () => {
    const heads = files.map((path) => ({ path, head: readFileSync(join(folder, path)).subarray(0, 20) }));
    const elves = heads.filter(({ head }) => head.toString('latin1', 0, 4) === '\x7fELF');
    expect(elves.filter(({ head }) => head.readUInt16LE(18) !== MACHINES.arm64)).toEqual([]);
    const names = elves.map(({ path }) => path).join('\n');
    for (const part of ['bin/node', 'libonnxruntime.so', 'onnxruntime_binding.node', 'libvips-cpp.so', '/ffmpeg']) {
      expect(names).toContain(part);
    }
    const others = files.filter((path) => /\.(dll|dylib|exe)$|x64|darwin|win32/.test(path) && !path.endsWith('.js'));
    expect(others).toEqual([]);
  });

  test('brings a page of the manual with every command and option of the help', () => {
    const page = gunzipSync(readFileSync(join(folder, 'usr/share/man/man1/weir.1.gz')))
      .toString()
      .replaceAll('\\-', '-');
    const help = (...words: string[]) =>
      execFileSync(process.execPath, ['dist/src/main.js', 'help', ...words], {
        cwd: ROOT,
        encoding: 'utf8',
        timeout: 20_000,
      });
    const commands = [...help().matchAll(/^ {2}([a-z-]+)(?= |$)/gm)].map(([, name = '']) => name);
    expect(commands.length).toBeGreaterThan(6);
    for (const command of commands.filter((name) => name !== 'help' && name !== 'config')) {
      expect(page).toContain(`"weir ${command} `);
      for (const [, option = ''] of help(command).matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm))
        expect(page).toContain(option);
    }
    expect(page).toContain('"weir config check ');
  });

  test('has a configuration that an upgrade does not overwrite', () => {
    expect(readFileSync(join(folder, 'DEBIAN/conffiles'), 'utf8')).toBe('/etc/weir/weir.yaml\n');
    expect(readFileSync(join(folder, 'etc/weir/weir.yaml'))).toEqual(readFileSync(join(ROOT, 'weir.example.yaml')));
  });
});

/** What is done with the package on a machine that never had Node, ffmpeg, or a network; each result is a file in /out. */
const INSTALL = `
exec > /out/log 2>&1
apt install -y /weir.deb; echo $? > /out/installed
systemctl is-active weir > /out/fresh
stat -c %u "/proc/$(systemctl show -p MainPID --value weir)" > /out/user
printf 'cameras:\\n  - id: demo\\n    source: /usr/share/weir/demo.mp4\\n    loop: true\\n    budgetMs: none\\n' > /etc/weir/weir.yaml
systemctl restart weir
timeout 60 weir watch --json --every frame | head -n 20 > /out/labels
apt install -y --reinstall /weir.deb; echo $? > /out/again
systemctl is-active weir >> /out/again
grep -c demo /etc/weir/weir.yaml >> /out/again
apt remove -y weir
systemctl is-active weir > /out/removed
ls /etc/weir >> /out/removed
apt purge -y weir
find / -xdev -iname '*weir*' -not -path /weir.deb -not -name 'weir-test.*' > /out/left
pgrep -f /usr/lib/weir >> /out/left
`;
const BOOT_TIMEOUT_MS = 500_000;

describeWith([DPKG, SYSTEMD], 'the Debian package on a bare Debian 12 with systemd', () => {
  let machine: Booted;
  beforeAllWithRegistry(
    async () => {
      const deb = await buildDeb('amd64');
      const script = join(dirname(deb), 'install.sh');
      writeFileSync(script, INSTALL);
      const binds = [`${deb}:/weir.deb`, `${script}:/install.sh`];
      machine = await boot({ command: '/bin/bash /install.sh', binds, bare: true, limitMs: BOOT_TIMEOUT_MS });
      rmSync(dirname(deb), { recursive: true });
    },
    BUILD_TIMEOUT_MS + BOOT_TIMEOUT_MS + TREE_TIMEOUT_MS,
  );
  afterAll(() => machine?.remove());

  test('installs with nothing but itself, and the service is up without a camera', async () => {
    expect(await machine.read('log')).toMatch(/Setting up weir/);
    expect(await machine.read('log')).not.toMatch(/error:|Failed to/);
    expect(await machine.read('installed')).toBe('0\n');
    expect(await machine.read('fresh')).toBe('active\n');
  });

  test('runs as a user that is not root', async () => {
    expect((await machine.read('user')).trim()).toMatch(/^[1-9]\d+$/);
  });

  test('the service gives labels of the demonstration clip', async () => {
    const truth = readFileSync(join(ROOT, 'fixtures/demo.json'), 'utf8');
    const labels = (await machine.read('labels'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; camera?: string; label?: string })
      .filter(({ type }) => type === 'label');
    expect(labels.length).toBeGreaterThan(10);
    for (const { camera, label } of labels) {
      expect(camera).toBe('demo');
      expect(truth).toContain(`"${label}"`);
    }
  });

  test('an upgrade keeps the configuration and comes up again', async () => {
    expect(await machine.read('again')).toMatch(/^0\nactive\n[1-9]\d*\n$/);
  });

  test('removing stops it and keeps the configuration; purging leaves nothing', async () => {
    expect(await machine.read('removed')).toBe('inactive\nweir.yaml\n');
    expect(await machine.read('left')).toBe('');
  });
});
