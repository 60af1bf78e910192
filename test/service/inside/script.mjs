// Runs inside a booted Debian as root: installs Weir as a service, does to it what may happen to a service, and writes down what was
// seen. It judges nothing: the tests do.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { command, configure, lockedDoor, processes, properties, silence, subscribe, until } from './machine.mjs';

const PASSWORD = 'sesame-4711';
const DROP_IN = '/etc/systemd/system/weir.service.d/test.conf';
/** Everybody may write there, but for the limits of a service. */
const OPEN_FOLDERS = ['/etc/open', '/var/open', '/opt/open', '/usr/open'];
const WEIR = ['/opt/weir/dist/src/main.js'];
const seen = { failure: null, at: {} };
const begunMs = Date.now();
const note = (name, value) => {
  seen[name] = value;
  seen.at[name] = Date.now() - begunMs;
  writeFileSync('/out/seen.json', JSON.stringify(seen, null, 1));
};

const demo = { id: 'demo', source: '/opt/weir/fixtures/demo.mp4', loop: true, stallAfterMs: 1500 };
const second = { ...demo, id: 'second' };
const silent = { id: 'silent', source: 'rtsp://127.0.0.1:5554/x', connectTimeoutMs: 4000 };
const locked = { id: 'locked', source: 'rtsp://127.0.0.1:5555/x', username: 'viewer', passwordCredential: 'gate' };
const reload = () => command('systemctl', 'reload', 'weir');
const status = async (path) => (await fetch(`http://127.0.0.1:8700${path}`).catch(() => null))?.status ?? null;
const weirFiles = async () =>
  (
    await command(
      'find',
      '/etc',
      '/var',
      '/run',
      '/usr/local',
      '-xdev',
      '-name',
      '*weir*',
      '!',
      '-path',
      '*/weir-test*',
    )
  ).stdout.trim();

async function start() {
  note('filesBefore', await weirFiles());
  for (const folder of OPEN_FOLDERS) {
    mkdirSync(folder);
    chmodSync(folder, 0o777);
  }
  mkdirSync('/etc/weir', { recursive: true });
  writeFileSync('/etc/weir/gate.password', `${PASSWORD}\n`, { mode: 0o600 });
  mkdirSync('/etc/systemd/system/weir.service.d', { recursive: true });
  writeFileSync(
    DROP_IN,
    '[Service]\nWatchdogSec=6\nLoadCredential=gate:/etc/weir/gate.password\n' +
      `Environment=OPEN_FOLDERS=${OPEN_FOLDERS.join(':')}\n` +
      'Environment=NODE_OPTIONS=--import=/opt/weir/test/service/inside/preload.mjs\n',
  );
  configure([silent]);
  const installing = command('node', ...WEIR, 'install-service');
  let isDone = false;
  installing.then(() => {
    isDone = true;
  });
  const samples = [];
  for (let isLast = false; !isLast; ) {
    isLast = isDone;
    const isServing = (await status('/healthz')) === 200;
    const { ActiveState } = await properties('ActiveState');
    const isReady = (await status('/readyz')) === 200; // asked last: it may have become so since, never the other way
    samples.push({ state: ActiveState, isServing, isReady });
    await sleep(50);
  }
  note('install', await installing);
  note('samples', samples);
  note('enabled', (await command('systemctl', 'is-enabled', 'weir')).stdout.trim());
  note('probe', JSON.parse(readFileSync('/var/lib/private/weir/probe.json', 'utf8')));
  note('unlimited', {
    write: await asNobody('touch', ...OPEN_FOLDERS.map((folder) => `${folder}/x`)),
    homes: await asNobody('ls', '/home'),
    device: await asNobody('sh', '-c', ': > /dev/weir-kmsg'),
    namespaces: await asNobody('unshare', '--user', 'true'),
  });
}

/** What a user without rights may do that no unit limits. */
function asNobody(name, ...args) {
  return command('systemd-run', '--pipe', '--wait', '--quiet', '--property=User=nobody', name, ...args);
}

async function reloads() {
  const subscriber = await subscribe();
  configure([demo, locked]);
  await reload();
  await subscriber.untilMore('demo', 10);
  const from = subscriber.messages.length;
  configure([demo, locked, second]);
  await reload();
  await subscriber.untilMore('second', 5);
  await subscriber.untilMore('demo', 5);
  // The camera that fails is tried again and again: while it is, it is connecting.
  const statusText = await until(async () => {
    const { StatusText } = await properties('StatusText');
    return /^3 cameras: 2 live, 1 failed/.test(StatusText) && StatusText;
  }, 'a status with two live cameras and a failed one');
  note('status', statusText);
  writeFileSync('/etc/weir/weir.yaml', 'cameras: [{id: demo, sauce: x}]');
  const bad = await reload();
  await subscriber.untilMore('demo', 5);
  note('badReload', { ...bad, ...(await properties('ActiveState')) });
  configure([demo, locked], 'server: {port: 8701}\n');
  await reload();
  await subscriber.untilMore('second', 5);
  configure([demo, locked]);
  await reload();
  await until(() => subscriber.states('second').includes('removed'), 'the second camera to be removed');
  await subscriber.untilMore('demo', 10);
  note('reload', {
    messages: subscriber.messages.slice(from).filter(({ seq, type }) => seq !== undefined && type !== 'mark'),
    states: { silent: subscriber.states('silent'), second: subscriber.states('second') },
  });
}

async function hungFfmpeg() {
  const before = await properties('MainPID', 'NRestarts');
  const subscriber = await subscribe();
  await subscriber.untilMore('demo', 3);
  const child = await until(
    () => processes('ffmpeg').find(({ parent, pid }) => `${parent}` === before.MainPID && isDecoding(pid)),
    'an ffmpeg of the demo',
  );
  process.kill(child.pid, 'SIGSTOP');
  await until(() => subscriber.states('demo').includes('stalled'), 'the camera to stall');
  const during = await properties('ActiveState', 'MainPID', 'NRestarts');
  await until(() => subscriber.states('demo').at(-1) === 'live', 'the camera to come back');
  note('hung', { before, during, states: subscriber.states('demo'), isGone: !existsSync(`/proc/${child.pid}`) });
}

function isDecoding(pid) {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('demo.mp4');
}

async function watchdog(signal) {
  const before = await properties('MainPID', 'NRestarts');
  process.kill(Number(before.MainPID), signal);
  await until(async () => {
    const { NRestarts, ActiveState } = await properties('NRestarts', 'ActiveState');
    return NRestarts !== before.NRestarts && ActiveState === 'active';
  }, `the restart after ${signal}`);
  const after = await properties('MainPID', 'NRestarts');
  const subscriber = await subscribe();
  await subscriber.untilMore('demo', 3);
  note(`watchdog ${signal}`, { before, after });
}

async function stop() {
  const subscriber = await subscribe();
  await subscriber.untilMore('demo', 3);
  const stoppingMs = Date.now();
  await command('systemctl', 'stop', 'weir');
  const tookMs = Date.now() - stoppingMs;
  const code = await subscriber.closed;
  const sequenced = subscriber.messages.filter(({ type, seq }) => type !== 'mark' && seq !== undefined);
  note('stop', {
    tookMs,
    closeCode: code,
    lastSeq: sequenced.at(-1).seq,
    lastMessage: subscriber.messages.at(-1),
    left: [...processes('ffmpeg'), ...processes('node')].filter(({ pid }) => pid !== process.pid),
    ...(await properties('ActiveState', 'Result', 'ExecMainStatus')),
  });
}

async function remove() {
  writeFileSync('/etc/weir/weir.yaml', readFileSync('/opt/weir/weir.example.yaml'));
  rmSync('/etc/weir/gate.password');
  await command('systemctl', 'start', 'weir');
  note('remove', await removal());
}

async function removal() {
  const removed = await command('node', ...WEIR, 'install-service', '--remove');
  // One without a file lingers for a moment as `not-found inactive`, until systemd clears it away.
  const remaining = ['list-units', '--all', '--state=loaded,failed,active', 'weir.service', '--no-legend', '--plain'];
  const { stdout } = await command('systemctl', ...remaining);
  const unitFiles = await command('systemctl', 'list-unit-files', 'weir.service', '--no-legend');
  return {
    ...removed,
    units: stdout.trim() + unitFiles.stdout.trim(),
    files: await weirFiles(),
    folders: readdirSync('/etc').filter((name) => name === 'weir'),
    processes: processes('node').filter(({ pid }) => pid !== process.pid),
  };
}

/** The same from a home that is closed to others. */
async function fromHome() {
  writeFileSync('/etc/weir-elsewhere.yaml', 'mode: cascade\nrungs: [lite0@96-int8]\ncameras: []\n');
  const main = '/root/me/weir/dist/src/main.js';
  const installed = await command('/root/me/node', main, 'install-service', '--config', '/etc/weir-elsewhere.yaml');
  const { MainPID, ActiveState } = await properties('MainPID', 'ActiveState');
  const running = readFileSync(`/proc/${MainPID}/cmdline`, 'utf8').split('\0');
  const removed = await command('/root/me/node', main, 'install-service', '--remove');
  note('home', { installed, ActiveState, running, removed });
}

/** A configuration with a mistake, from the start. */
async function badStart() {
  const install = () => command('node', ...WEIR, 'install-service', '--config', '/etc/weir-elsewhere.yaml');
  await install();
  await command('systemctl', 'stop', 'weir');
  writeFileSync('/etc/weir-elsewhere.yaml', 'cameras: [{}]\n');
  await command('systemctl', 'start', 'weir');
  const result = await properties('ActiveState', 'Result', 'NRestarts', 'ExecMainStatus');
  const again = await install();
  const hadState = existsSync('/var/lib/private/weir');
  rmSync('/etc/weir-elsewhere.yaml');
  note('badStart', { ...result, again, hadState, removed: await removal() });
}

try {
  silence(5554);
  const told = lockedDoor(5555);
  await start();
  await reloads();
  await hungFfmpeg();
  await watchdog('SIGSTOP');
  await watchdog('SIGUSR2');
  note(
    'security',
    (await command('systemd-analyze', 'security', 'weir.service', '--no-pager')).stdout.split('\n').at(-2),
  );
  await stop();
  note('passwords', [...told]);
  note('journal', (await command('journalctl', '-b', '-o', 'json', '--no-pager')).stdout);
  await remove();
  await fromHome();
  await badStart();
} catch (error) {
  note('failure', error.stack);
  note('journal', (await command('journalctl', '-b', '-u', 'weir', '-o', 'cat', '--no-pager')).stdout);
}
process.exit();
