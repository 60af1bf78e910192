import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { openDevice } from '../../src/device/open.ts';
import { SYSTEM_CLOCK } from '../../src/service/clock.ts';
import { CLOCKS, CPUS, MAXN, pc, plant, type Tree, tx2 } from '../support/machines.ts';
import { DASH, describeWith, SHELLCHECK, SYSTEMD_ANALYZE } from '../support/parts.ts';
import { waitFor } from '../support/processes.ts';

const SYSTEMD = fileURLToPath(new URL('../../systemd/', import.meta.url));
const SCRIPT = join(SYSTEMD, 'weir-clocks');
const UNIT = join(SYSTEMD, 'weir-clocks.service');
const roots: string[] = [];
afterAll(async () => {
  for (const root of roots) await rm(root, { recursive: true });
});

/** Stands in for NVIDIA's: stores, pins and restores the files of the tree. It refuses to overwrite a stored state, as the real one. */
const JETSON_CLOCKS = `#!/bin/sh
cd "$WEIR_CLOCKS_ROOT" || exit 1
emc=sys/kernel/debug/bpmp/debug/clk/emc
gpu=sys/class/devfreq/17000000.gp10b
echo "$*" >>calls
case \${1:-} in
  --store)
    [ ! -e "$2" ] || exit 1
    for file in sys/devices/system/cpu/cpu*/cpufreq/scaling_*_freq $gpu/min_freq $emc/rate $emc/mrq_rate_locked; do
      echo "$file:$(cat $file)"
    done >"$2" ;;
  --restore)
    [ -e "$2" ] || exit 1
    while IFS=: read -r file value; do echo "$value" >"$file"; done <"$2" ;;
  *)
    for cpu in sys/devices/system/cpu/cpu*/cpufreq; do
      cp $cpu/scaling_max_freq $cpu/scaling_min_freq
      cp $cpu/scaling_max_freq $cpu/scaling_cur_freq
    done
    cp $gpu/max_freq $gpu/min_freq
    cp $emc/max_rate $emc/rate
    echo 1 >$emc/mrq_rate_locked ;;
esac
`;

const FLOATING = tx2({ ...MAXN, isPinned: false, publishedAtSeconds: null });
const BOARD: Tree = { ...FLOATING, 'usr/bin/jetson_clocks': JETSON_CLOCKS };

async function planted(tree: Tree): Promise<string> {
  const root = await plant(tree);
  roots.push(root);
  return root;
}

function weirClocks(root: string, command: string): { code: number | null; stderr: string } {
  const env = { ...process.env, WEIR_CLOCKS_ROOT: root };
  const { status, stderr } = spawnSync('dash', [SCRIPT, command], { env, encoding: 'utf8', timeout: 20_000 });
  return { code: status, stderr };
}

async function stateOf(root: string) {
  const device = await openDevice({ root, clock: SYSTEM_CLOCK });
  device.stop();
  return device.reading;
}

const published = async (root: string) => JSON.parse(await readFile(join(root, CLOCKS), 'utf8'));

describeWith([DASH], 'weir-clocks', () => {
  test('pins what floats, so that Weir reads it as pinned, and gives it back', async () => {
    const root = await planted(BOARD);
    expect((await stateOf(root)).clock.state).toBe('unreadable');
    expect(weirClocks(root, 'pin')).toEqual({ code: 0, stderr: '' });
    const reading = await stateOf(root);
    expect(reading).toMatchObject({ clock: { state: 'pinned', source: 'jetson' }, powerMode: 'MAXN' });
    expect(weirClocks(root, 'restore')).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(join(root, 'run/weir-clocks'))).toEqual([]);
    expect(readFileSync(join(root, `${CPUS}/cpu0/cpufreq/scaling_min_freq`), 'utf8')).toBe('345600\n');
    const after = await stateOf(root);
    expect(after.clock.state).toBe('unreadable');
    expect(after.reasons).toContainEqual(expect.stringMatching(/^EMC .*state\.json is not there$/));
    expect(after.reasons).toContain('cpu0 345.6-2035.2 MHz, min below max');
  });

  test('publishes weir.clocks/1 with all that root may read', async () => {
    const root = await planted(BOARD);
    weirClocks(root, 'pin');
    expect(await published(root)).toEqual({
      schema: 'weir.clocks/1',
      atSeconds: expect.any(Number),
      pins: true,
      powerMode: 'MAXN',
      emc: { rateHz: 1_866_000_000, maxRateHz: 1_866_000_000, locked: true },
      powerMilliwatts: 5120,
      counters: [],
    });
    expect(statSync(join(root, CLOCKS)).mode & 0o777).toBe(0o644);
  });

  test('after a run that was killed, the clocks as they were before it are given back', async () => {
    const root = await planted(BOARD);
    weirClocks(root, 'pin');
    weirClocks(root, 'pin'); // the first was never restored
    weirClocks(root, 'restore');
    expect(readFileSync(join(root, `${CPUS}/cpu0/cpufreq/scaling_min_freq`), 'utf8')).toBe('345600\n');
    expect(readFileSync(join(root, 'calls'), 'utf8').match(/--store/g)).toHaveLength(1);
  });

  test('restoring twice, or what was never pinned, does nothing', async () => {
    const root = await planted(BOARD);
    expect(weirClocks(root, 'restore').code).toBe(0);
    expect(existsSync(join(root, 'calls'))).toBe(false);
  });

  test('a jetson_clocks that fails leaves the clocks floating, and they are told so', async () => {
    const root = await planted({ ...BOARD, 'usr/bin/jetson_clocks': '#!/bin/sh\nexit 1\n' });
    const { code, stderr } = weirClocks(root, 'pin');
    expect(code).toBe(0);
    expect(stderr).toMatch(/could not be stored, so they are not pinned/);
    expect((await stateOf(root)).clock.state).toBe('floating');
    expect((await published(root)).pins).toBe(false);
  });

  test.each([
    ['<unsupported>\n', null],
    ['', null],
    ['-1\n', null],
    [`${'9'.repeat(40)}\n`, null],
    ['"},"x":{"\n', null],
    ['0001866000000\n', { rateHz: 1_866_000_000, maxRateHz: 1_866_000_000, locked: false }],
    ['1866000000', { rateHz: 1_866_000_000, maxRateHz: 1_866_000_000, locked: false }], // no newline
  ])('an EMC rate of %j is published as %j', async (rate, emc) => {
    const { 'usr/bin/jetson_clocks': _none, ...tree } = BOARD;
    const root = await planted({ ...tree, 'sys/kernel/debug/bpmp/debug/clk/emc/rate': rate });
    weirClocks(root, 'pin');
    expect((await published(root)).emc).toEqual(emc);
  });

  test.each([
    ['echo "NV Power Mode: MA\\"XN, \\$(reboot)"', 'MA'],
    ['echo nothing', null],
    ['exit 3', null],
  ])('nvpmodel that does %j gives the mode %j', async (words, mode) => {
    const root = await planted({ ...BOARD, 'usr/sbin/nvpmodel': `#!/bin/sh\n${words}\n` });
    weirClocks(root, 'pin');
    expect((await published(root)).powerMode).toBe(mode);
  });

  test('elsewhere it pins nothing and publishes RAPL, which Weir then counts', async () => {
    const rapl = 'sys/class/powercap/intel-rapl';
    const root = await planted({
      ...pc({ cpus: [{ min: 3_000_000, max: 3_000_000 }] }),
      [`${rapl}:0/name`]: 'package-0\n',
      [`${rapl}:0/energy_uj`]: '262143000000\n',
      [`${rapl}:0/max_energy_range_uj`]: '262143328850\n',
      [`${rapl}:0:0/name`]: 'core\n',
      [`${rapl}:0:0/energy_uj`]: '1\n',
      [`${rapl}:1/name`]: 'psys\n',
    });
    const { code, stderr } = weirClocks(root, 'pin');
    expect(code).toBe(0);
    expect(stderr).toMatch(/there is no jetson_clocks: nothing is pinned/);
    expect(await published(root)).toMatchObject({
      pins: false,
      powerMode: null,
      emc: null,
      powerMilliwatts: null,
      counters: [{ id: 'intel-rapl:0', microjoules: 262_143_000_000, rangeMicrojoules: 262_143_328_850 }],
    });
  });

  test('publishes every second, whole files only, until it is ended', async () => {
    const root = await planted(BOARD);
    const child = spawn('dash', [SCRIPT, 'publish'], { env: { ...process.env, WEIR_CLOCKS_ROOT: root } });
    const exited = once(child, 'exit');
    const path = join(root, CLOCKS);
    const inodes = new Set<number>();
    await waitFor(() => existsSync(path), 'the first publication');
    await waitFor(() => {
      JSON.parse(readFileSync(path, 'utf8')); // throws on half a file
      inodes.add(statSync(path).ino);
      return inodes.size >= 2;
    }, 'another file in its place');
    child.kill('SIGTERM');
    expect((await exited)[0]).toBe(0);
    expect(readdirSync(join(root, 'run/weir-clocks'))).toEqual([]);
  });

  test('says how it is used', () => {
    const { code, stderr } = weirClocks(tmpdir(), 'dance');
    expect(code).toBe(2);
    expect(stderr).toMatch(/pin \| publish \| restore/);
  });
});

describeWith([SHELLCHECK], 'the shell script', () => {
  test('is POSIX shell without a complaint of shellcheck', () => {
    expect(readFileSync(SCRIPT, 'utf8')).toMatch(/^#!\/bin\/sh\n/);
    execFileSync('shellcheck', ['--shell=sh', SCRIPT], { encoding: 'utf8' });
  });
});

/** Directives by the version of systemd that brought them; L4T 32.7 has 237. */
const SINCE: Readonly<Record<string, number>> = {
  MemoryMax: 231,
  MemoryDenyWriteExecute: 231,
  RestrictRealtime: 231,
  ProtectKernelModules: 232,
  ProtectControlGroups: 232,
  RestrictNamespaces: 233,
  LockPersonality: 235,
  RuntimeDirectoryPreserve: 235,
};
const LONG_KNOWN =
  /^(Description|ConditionPathExists|After|Before|Type|Exec\w+|Restart|RestartSec|Timeout\w+Sec|RuntimeDirectory|RuntimeDirectoryMode|CapabilityBoundingSet|NoNewPrivileges|ProtectSystem|ProtectHome|Private(Tmp|Devices|Network)|RestrictAddressFamilies|SystemCall(Architectures|Filter|ErrorNumber)|TasksMax|WantedBy)$/;

describe('weir-clocks.service', () => {
  test('uses what systemd 237 knows alone', () => {
    const directives = [...readFileSync(UNIT, 'utf8').matchAll(/^(\w+)=/gm)].map(([, name = '']) => name);
    expect(directives.length).toBeGreaterThan(20);
    expect(directives.filter((name) => !LONG_KNOWN.test(name) && !((SINCE[name] ?? Infinity) <= 237))).toEqual([]);
    // Groups of calls that came later would be an error there.
    expect(readFileSync(UNIT, 'utf8')).not.toMatch(/@system-service|@pkey|@sandbox/);
  });

  test('is wanted on a Jetson only, before Weir', () => {
    const unit = readFileSync(UNIT, 'utf8');
    expect(unit).toMatch(/^ConditionPathExists=\/etc\/nv_tegra_release$/m);
    expect(unit).toMatch(/^Before=weir\.service$/m);
  });
});

describeWith([SYSTEMD_ANALYZE], 'weir-clocks.service, as systemd reads it', () => {
  test('has nothing to complain about', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'weir-unit-'));
    roots.push(folder);
    const unit = join(folder, 'weir-clocks.service');
    await writeFile(unit, readFileSync(UNIT, 'utf8').replaceAll('/usr/lib/weir/', SYSTEMD));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});
