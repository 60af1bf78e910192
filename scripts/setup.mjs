// Brings a fresh checkout to a runnable state: dependencies first, then the build. It does nothing that is already
// done, so `npm start` and `npm test` can call it every time. Needs Node alone.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 9)) {
  console.error(`weir needs Node 20.9 or newer, this is ${process.version}`);
  process.exit(1);
}

/** Runs a step of the set-up with its output on stderr, so that stdout stays free for results. */
function step(title, command, args) {
  console.error(`weir setup: ${title}`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (error) console.error(`weir setup: cannot run ${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);
const entries = (path) =>
  statSync(path).isDirectory() ? readdirSync(path, { recursive: true }).map((entry) => join(path, entry)) : [path];

if (modified(join(root, 'node_modules/.package-lock.json')) < modified(join(root, 'package-lock.json'))) {
  step('installing dependencies (npm ci) …', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}
const buildInfo = join(root, 'dist/.tsbuildinfo');
const sources = ['src', 'bench', 'tsconfig.json', 'tsconfig.build.json'].flatMap((name) => entries(join(root, name)));
if (modified(buildInfo) < Math.max(...sources.map(modified))) {
  step('building (tsc) …', process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
  utimesSync(buildInfo, new Date(), new Date()); // tsc leaves it as it was when nothing had to be emitted
}
const bundle = join(root, 'dist/web/files.json');
const page = ['src/web', 'src/client', 'scripts/build-web.mjs'].flatMap((name) => entries(join(root, name)));
if (modified(bundle) < Math.max(...page.map(modified))) {
  step('bundling the dashboard (esbuild) …', process.execPath, ['scripts/build-web.mjs']);
}
