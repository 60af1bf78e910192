// Lays out a Weir that brings its own Node for one architecture: stage.mjs amd64|arm64 FOLDER
//
//   bin/node  package.json  dist/src  dist/web  schemas  models  node_modules  licences
//
// Nothing in it runs here, so that any machine can lay it out for any other. Needs Weir built (`npm run build`) and npm with a
// registry; what npm fetches is held by the hashes in the lock files. The Debian package and the container are made of it.
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { binaryOf } from './elf.mjs';
import { isIdle } from './prune.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Debian's and Docker's names of the architectures, with Node's. */
const ARCHITECTURES = { amd64: 'x64', arm64: 'arm64' };
const OF_PACKAGE = ['package.json', 'LICENSE', 'NOTICE', 'weir.example.yaml'];

/**
 * Lays out Weir in a folder, which must not be there yet.
 *
 * @param {'amd64' | 'arm64'} architecture
 * @param {string} folder
 */
export function stage(architecture, folder) {
  const cpu = ARCHITECTURES[architecture];
  if (cpu === undefined) throw new Error(`no architecture "${architecture}": amd64 or arm64`);
  if (existsSync(folder)) throw new Error(`${folder} is already there`);
  const built = ['dist/src/main.js', 'dist/web/files.json'];
  if (!built.every((path) => existsSync(join(ROOT, path)))) throw new Error('Weir is not built: npm run build');
  for (const name of OF_PACKAGE) copy(join(ROOT, name), join(folder, name));
  const hasSource = (path) => existsSync(join(ROOT, 'src', path.replace(/\.js$/, '.ts')));
  copyTree(join(ROOT, 'dist/src'), join(folder, 'dist/src'), (path) => path.endsWith('.js') && hasSource(path));
  for (const name of ['dist/web', 'schemas']) {
    if (existsSync(join(ROOT, name))) copyTree(join(ROOT, name), join(folder, name), () => true);
  }
  copyTree(join(ROOT, 'models'), join(folder, 'models'), (path) => !/^[^/]+\/build\//.test(path));

  installed(ROOT, cpu, ['--omit=dev'], (modules) => {
    copyTree(
      modules,
      join(folder, 'node_modules'),
      (path) => !isIdle(path) && [null, cpu].includes(binaryOf(join(modules, path))),
    );
  });
  installed(join(ROOT, 'deploy/node'), cpu, [], (modules) => {
    copy(join(modules, `node-linux-${cpu}/bin/node`), join(folder, 'bin/node'));
    copy(join(modules, `node-linux-${cpu}/LICENSE`), join(folder, 'licences/node'));
  });
  assertOnly(cpu, folder);
}

/** @returns paths of all files below a folder, relative to it, sorted */
export function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** Installs what a lock file names, for an architecture that need not be this machine's, and removes it after use. */
function installed(project, cpu, flags, use) {
  const folder = mkdtempSync(join(tmpdir(), 'weir-stage-'));
  try {
    for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(project, name), join(folder, name));
    const target = ['--os=linux', `--cpu=${cpu}`, '--libc=glibc'];
    // None of the packages needs its install script: they fetch parts for a GPU, or set the mode that a file has already.
    const quiet = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    const { status, error } = spawnSync('npm', ['ci', ...target, ...flags, ...quiet], {
      cwd: folder,
      stdio: ['ignore', 2, 2],
    });
    if (status !== 0) throw new Error(`npm ci failed${error ? `: ${error.message}` : ` (exit code ${status})`}`);
    use(join(folder, 'node_modules'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function assertOnly(cpu, folder) {
  const binaries = filesBelow(folder).map((path) => ({ path, kind: binaryOf(join(folder, path)) }));
  const wrong = binaries.filter(({ kind }) => kind !== null && kind !== cpu);
  if (wrong.length > 0) throw new Error(`not for ${cpu}: ${wrong.map(({ path }) => path).join(', ')}`);
  for (const part of ['bin/node', 'libonnxruntime.so.1', 'libvips-cpp.so', 'ffmpeg', 'koffi.node']) {
    if (!binaries.some(({ path, kind }) => kind === cpu && path.includes(part))) {
      throw new Error(`${part} for ${cpu} is missing`);
    }
  }
}

function copyTree(from, to, wanted) {
  for (const path of filesBelow(from)) if (wanted(path)) copy(join(from, path), join(to, path));
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [architecture, folder] = process.argv.slice(2);
  if (architecture === undefined || folder === undefined) throw new Error('stage.mjs amd64|arm64 FOLDER');
  stage(architecture, folder);
}
