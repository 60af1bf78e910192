import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/clips.ts';
import { ROOT } from '../support/daemon.ts';
import { describeWith } from '../support/parts.ts';
import { type Booted, boot, SYSTEMD, TREE_TIMEOUT_MS } from '../support/systemd.ts';

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
type Properties = Readonly<Record<'MainPID' | 'NRestarts', string>>;
interface Message {
  readonly type: string;
  readonly seq: number;
  readonly camera: string;
  readonly state?: string;
  readonly stream?: number;
  readonly ptsSeconds?: number;
}

/** What inside/script.mjs wrote down. */
interface Seen {
  readonly failure: string | null;
  readonly filesBefore: string;
  readonly install: Ran;
  readonly samples: { state: string; isServing: boolean; isReady: boolean }[];
  readonly enabled: string;
  readonly probe: Record<string, unknown>;
  readonly unlimited: Record<'write' | 'homes' | 'device' | 'namespaces', Ran>;
  readonly status: string;
  readonly badReload: { code: number; ActiveState: string };
  readonly reload: { messages: Message[]; states: Record<'silent' | 'second', string[]> };
  readonly hung: {
    before: Properties;
    during: Properties & { ActiveState: string };
    states: string[];
    isGone: boolean;
  };
  readonly 'watchdog SIGSTOP': { before: Properties; after: Properties };
  readonly 'watchdog SIGUSR2': { before: Properties; after: Properties };
  readonly security: string;
  readonly stop: Record<string, unknown>;
  readonly passwords: string[];
  readonly journal: string;
  readonly remove: Ran & Record<string, unknown>;
  readonly home: { installed: Ran; ActiveState: string; running: string[]; removed: Ran };
  readonly badStart: Record<string, unknown> & { again: Ran; removed: Ran & Record<string, unknown> };
}

const BOOT_TIMEOUT_MS = 500_000;
/** From here on a label of the clip may be its last. */
const CLIP_END_SECONDS = 32;

describeWith([SYSTEMD], 'under a real systemd', () => {
  let machine: Booted;
  let seen: Seen;
  let journal: Record<string, string>[];

  beforeAll(
    async () => {
      const folder = await temporaryFolder();
      // A device that everybody may open, but for the rules about devices.
      const kmsg = join(folder.path, 'kmsg');
      execFileSync('mknod', ['-m', '666', kmsg, 'c', '1', '11']);
      machine = await boot({
        command: '/usr/local/bin/node /opt/weir/test/service/inside/script.mjs',
        binds: [`${ROOT}:/root/me/weir`, `${process.execPath}:/root/me/node`],
        devices: [`${kmsg}:/dev/weir-kmsg`],
        limitMs: BOOT_TIMEOUT_MS,
      });
      seen = JSON.parse(await machine.read('seen.json').catch(() => JSON.stringify({ failure: machine.said })));
      await folder.remove();
      if (seen.failure !== null) throw new Error(`${seen.failure}\n${machine.said}\n${seen.journal ?? ''}`);
      journal = seen.journal
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    },
    TREE_TIMEOUT_MS + BOOT_TIMEOUT_MS + 60_000,
  );
  afterAll(() => machine?.remove());

  const ofWeir = () => journal.filter(({ _SYSTEMD_UNIT, UNIT }) => [_SYSTEMD_UNIT, UNIT].includes('weir.service'));

  test('install-service installs, enables and starts it', () => {
    expect(seen.install).toMatchObject({ code: 0, stderr: '' });
    expect(seen.install.stdout).toContain('wrote /etc/systemd/system/weir.service');
    expect(seen.enabled).toBe('enabled');
  });

  test('it is active only after READY, and READY comes with the first camera that is in a known state', () => {
    const { samples } = seen;
    expect(samples.some(({ state, isServing, isReady }) => state === 'activating' && isServing && !isReady)).toBe(true);
    expect(samples.filter(({ state, isReady }) => state === 'active' && !isReady)).toEqual([]);
    expect(samples.at(-1)?.state).toBe('active');
  });

  test('its status is a line for people', () => {
    expect(seen.status).toMatch(/^3 cameras: 2 live, 1 failed, \d+\.\d labels\/s, p95 \d+ ms, \w+/);
  });

  test('a reload adds and removes a camera while the labels of another go on without a gap', () => {
    const { messages, states } = seen.reload;
    for (const [at, { seq }] of messages.entries()) if (at > 0) expect(seq).toBe((messages[at - 1]?.seq ?? 0) + 1);
    expect(states.silent.at(-1)).toBe('removed');
    expect(states.second).toContain('live');
    expect(states.second.at(-1)).toBe('removed');
    const demo = messages.filter(({ camera }) => camera === 'demo');
    expect(demo.filter(({ type, state }) => type === 'camera' && state !== 'live')).toEqual([]);
    const labels = demo.filter(({ type }) => type === 'label');
    expect(labels.length).toBeGreaterThan(20);
    for (const [at, label] of labels.entries()) {
      const before = labels[at - 1];
      // A new stream is the clip's next round, after its end.
      if (before !== undefined && label.stream !== before.stream)
        expect(before.ptsSeconds).toBeGreaterThan(CLIP_END_SECONDS);
    }
  });

  test('a reload with a bad file is refused with its problem, and one that needs a restart with the key', () => {
    expect(seen.badReload).toMatchObject({ code: 0, ActiveState: 'active' });
    const errors = ofWeir().filter(({ PRIORITY }) => PRIORITY === '3');
    expect(errors.map(({ MESSAGE }) => MESSAGE).join('\n')).toMatch(/cameras\[0\]\.sauce: unknown key/);
    expect(errors.map(({ MESSAGE }) => MESSAGE).join('\n')).toContain('a running Weir cannot change server.port');
  });

  test('an ffmpeg that hangs stalls its camera, and the service stays up', () => {
    const { before, during, states, isGone } = seen.hung;
    expect(states).toEqual(expect.arrayContaining(['stalled', 'connecting', 'live']));
    expect(during).toMatchObject({ ActiveState: 'active', MainPID: before.MainPID, NRestarts: before.NRestarts });
    expect(isGone).toBe(true);
  });

  test.each([
    ['a stopped process', 'watchdog SIGSTOP'],
    ['a blocked event loop', 'watchdog SIGUSR2'],
  ] as const)('the watchdog starts it again after %s', (_, name) => {
    const { before, after } = seen[name];
    expect(Number(after.NRestarts)).toBe(Number(before.NRestarts) + 1);
    expect(after.MainPID).not.toBe(before.MainPID);
    expect(ofWeir().filter(({ MESSAGE }) => /Watchdog timeout/.test(MESSAGE ?? '')).length).toBe(2);
  });

  test('the limits of the unit hold, tried from inside the daemon', () => {
    const { write, ...others } = seen.probe;
    expect(write).toEqual({ '/etc/open': 'EROFS', '/var/open': 'EROFS', '/opt/open': 'EROFS', '/usr/open': 'EROFS' });
    expect(others).toMatchObject({
      state: 'allowed',
      homes: 'EACCES',
      device: 'EPERM',
      null: 'allowed',
      capabilities: '0000000000000000',
      noNewPrivileges: '1',
      systemdEnvironment: 'ENOENT',
      descriptors: '16384',
      core: '0',
      arenas: '2',
    });
    expect(others.uid).toBeGreaterThan(60_000);
    expect(others.namespaces).toMatch(/unshare failed: Operation not permitted/);
    // It is the unit that forbids these: any other process without rights may do them.
    for (const ran of Object.values(seen.unlimited)) expect(ran).toMatchObject({ code: 0, stderr: '' });
  });

  test('systemd finds it little exposed', () => {
    const exposure = Number(/exposure level for weir\.service: ([\d.]+)/.exec(seen.security)?.[1]);
    expect(exposure).toBeLessThanOrEqual(2);
  });

  test('a password comes as a credential, reaches the camera, and is nowhere in the journal', () => {
    expect(seen.passwords).toEqual(['viewer:sesame-4711']);
    expect(seen.journal).toContain('camera locked is failed');
    expect(seen.journal).not.toContain('sesame');
    expect(seen.journal).not.toContain(Buffer.from('viewer:sesame-4711').toString('base64'));
  });

  test('the journal has sentences with their priorities', () => {
    const line = ofWeir().find(({ MESSAGE }) => MESSAGE?.startsWith('camera demo is stalled'));
    expect(line).toMatchObject({
      PRIORITY: '4',
      MESSAGE: expect.stringMatching(/ \{"camera":"demo","state":"stalled"/),
    });
    expect(ofWeir().find(({ MESSAGE }) => MESSAGE?.startsWith('serving http'))?.PRIORITY).toBe('6');
  });

  test('stopping takes under 5 s, tells the last labels and leaves no process', () => {
    const { tookMs, lastSeq, ...others } = seen.stop;
    expect(tookMs).toBeLessThan(5_000);
    expect(others).toMatchObject({
      closeCode: 1012,
      lastMessage: { type: 'mark', seq: lastSeq },
      left: [],
      ActiveState: 'inactive',
      Result: 'success',
      ExecMainStatus: '0',
    });
  });

  test('its removal leaves nothing', () => {
    expect(seen.remove).toMatchObject({ code: 0, stderr: '', units: '', folders: [], processes: [] });
    expect(seen.remove.files).toBe(seen.filesBefore);
  });

  test('a Weir and a Node in a home that is closed to others run all the same', () => {
    expect(seen.home.installed).toMatchObject({ code: 0, stderr: '' });
    expect(seen.home.ActiveState).toBe('active');
    expect(seen.home.running.slice(0, 2)).toEqual(['/root/me/node', '/root/me/weir/dist/src/main.js']);
    expect(seen.home.removed).toMatchObject({ code: 0, stderr: '' });
    expect(seen.home.removed.stdout).toContain('kept /etc/weir-elsewhere.yaml');
  });

  test('a mistake in the configuration is not tried again, and not installed', () => {
    expect(seen.badStart).toMatchObject({
      ActiveState: 'failed',
      Result: 'exit-code',
      NRestarts: '0',
      ExecMainStatus: '2',
    });
    expect(seen.badStart.again).toMatchObject({ code: 2, stderr: expect.stringContaining('cameras[0].id') });
  });

  test('its removal leaves nothing of one that failed to start either', () => {
    expect(seen.badStart.hadState).toBe(true);
    expect(seen.badStart.removed).toMatchObject({ code: 0, stderr: '', units: '', folders: [], processes: [] });
    expect(seen.badStart.removed.files).toBe(seen.filesBefore);
  });
});
