// Loaded into the daemon before itself, by a drop-in: tries from inside what the unit forbids, and blocks the event loop when told.
import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

function attempt(action) {
  try {
    return action() ?? 'allowed';
  } catch (error) {
    return error.code;
  }
}

const write = (path) => attempt(() => writeFileSync(path, 'x'));
const open = (path, flags) => attempt(() => closeSync(openSync(path, flags)));
const status = (name) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1];

if (isMainThread && process.env.STATE_DIRECTORY) {
  const probe = {
    write: Object.fromEntries(process.env.OPEN_FOLDERS.split(':').map((folder) => [folder, write(`${folder}/x`)])),
    state: write(`${process.env.STATE_DIRECTORY}/written`),
    homes: attempt(() => readdirSync('/home').length),
    device: open('/dev/weir-kmsg', constants.O_WRONLY),
    null: open('/dev/null', constants.O_WRONLY),
    uid: process.getuid(),
    capabilities: status('CapEff'),
    noNewPrivileges: status('NoNewPrivs'),
    systemdEnvironment: attempt(() => void readFileSync('/proc/1/environ')),
    namespaces: String(spawnSync('unshare', ['--user', 'true']).stderr),
    descriptors: /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1],
    core: /^Max core file size\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1],
    arenas: process.env.MALLOC_ARENA_MAX,
  };
  writeFileSync(`${process.env.STATE_DIRECTORY}/probe.json`, JSON.stringify(probe));
  process.on('SIGUSR2', () => {
    for (;;);
  });
}
