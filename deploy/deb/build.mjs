// Builds Weir's Debian package:
//
//   node deploy/deb/build.mjs [amd64|arm64] [--to FOLDER] [--compression xz|zstd|gzip|none]
//
// Any machine with dpkg-deb builds it for any architecture. Needs Weir built, and npm with a registry. The same sources give the
// same bytes: every date is SOURCE_DATE_EPOCH, by default that of the last commit.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { filesBelow, stage } from '../stage.mjs';
import { changelogOf, controlOf, debianVersion } from './control.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = join(HERE, '../..');
const DOC = 'usr/share/doc/weir';
const SYSTEMD = join(ROOT, 'systemd');
const SCRIPTS = ['postinst', 'prerm', 'postrm'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { to: { type: 'string', default: 'dist-packages' }, compression: { type: 'string', default: 'xz' } },
});
const [architecture = process.arch === 'arm64' ? 'arm64' : 'amd64'] = positionals;

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const epoch = process.env.SOURCE_DATE_EPOCH ?? lastCommit();
const date = new Date(Number(epoch) * 1000);

/** weir-clocks.service comes before weir.service, as it is ordered. */
const units = readdirSync(SYSTEMD)
  .filter((name) => name.endsWith('.service'))
  .sort();

const work = mkdtempSync(join(tmpdir(), 'weir-deb-'));
const tree = join(work, 'tree');
try {
  stage(architecture, join(tree, 'usr/lib/weir'));
  layOut();
  setModes();
  writeControl();
  const target = resolve(values.to, `weir_${debianVersion(version)}_${architecture}.deb`);
  mkdirSync(dirname(target), { recursive: true });
  execFileSync('dpkg-deb', ['--root-owner-group', `-Z${values.compression}`, '--build', tree, target], {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, SOURCE_DATE_EPOCH: epoch },
  });
  console.error(`${sizeMib(target)} MiB packed, ${Math.round(installedKib() / 1024)} MiB installed`);
  console.log(target);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Everything besides what Weir itself runs from. */
function layOut() {
  put('usr/bin/weir', join(HERE, 'weir'));
  put('etc/weir/weir.yaml', join(ROOT, 'weir.example.yaml'));
  put('usr/share/weir/demo.mp4', join(ROOT, 'fixtures/demo.mp4'));
  put('usr/share/weir/demo.NOTICE', join(ROOT, 'fixtures/NOTICE'));
  for (const name of readdirSync(SYSTEMD)) put(placeOf(name), join(SYSTEMD, name));
  const man = execFileSync(process.execPath, [join(HERE, '../man.mjs'), date.toISOString().slice(0, 10)]);
  write('usr/share/man/man1/weir.1.gz', packed(man));
  write(`${DOC}/changelog.Debian.gz`, packed(changelogOf(version, date)));
  write(`${DOC}/changelog.gz`, packed(readFileSync(join(ROOT, 'CHANGELOG.md'))));
  put(`${DOC}/copyright`, join(HERE, 'copyright'));
  put(`${DOC}/NOTICE`, join(ROOT, 'NOTICE'));
  for (const name of readdirSync(join(ROOT, 'docs'))) {
    if (name.endsWith('.md')) put(`${DOC}/${name}`, join(ROOT, 'docs', name));
  }
  put('usr/share/lintian/overrides/weir', join(HERE, 'lintian-overrides'));
}

/** Where a file of the folder with units goes: a unit, examples of drop-ins, or a program that a unit runs. */
function placeOf(name) {
  if (name.endsWith('.service')) return `lib/systemd/system/${name}`;
  return statSync(join(SYSTEMD, name)).isDirectory() ? `${DOC}/examples/${name}` : `usr/lib/weir/${name}`;
}

/** What runs may be run, everything may be read, and only root may write. */
function setModes() {
  const isProgram = (path) => /^usr\/(bin\/|lib\/weir\/(bin\/|[^/.]+$))|\/ffmpeg$/.test(path) && !/[A-Z]+$/.test(path);
  for (const path of filesBelow(tree)) chmodSync(join(tree, path), isProgram(path) ? 0o755 : 0o644);
  for (const entry of readdirSync(tree, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) chmodSync(join(entry.parentPath ?? entry.path, entry.name), 0o755);
  }
  chmodSync(tree, 0o755);
}

function writeControl() {
  const installed = installedKib();
  const sums = filesBelow(tree).map((path) => [path, join(tree, path)]);
  const md5 = execFileSync(
    'md5sum',
    sums.map(([path]) => path),
    { cwd: tree, maxBuffer: 1 << 24 },
  );
  write('DEBIAN/control', controlOf({ version, architecture, installedKib: installed }));
  write('DEBIAN/conffiles', '/etc/weir/weir.yaml\n');
  write('DEBIAN/md5sums', md5);
  for (const name of SCRIPTS) {
    write(`DEBIAN/${name}`, readFileSync(join(HERE, name), 'utf8').replace('@UNITS@', units.join(' ')));
    chmodSync(join(tree, 'DEBIAN', name), 0o755);
  }
  chmodSync(join(tree, 'DEBIAN'), 0o755);
}

function put(path, from) {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  cpSync(from, join(tree, path), { recursive: true });
}

function write(path, content) {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), content, { mode: 0o644 });
}

/** As `gzip -9n`: zlib writes no name and no time into it. */
function packed(content) {
  return gzipSync(content, { level: 9 });
}

function installedKib() {
  return filesBelow(tree).reduce((sum, path) => sum + Math.ceil(statSync(join(tree, path)).size / 1024), 0);
}

function sizeMib(path) {
  return (statSync(path).size / 2 ** 20).toFixed(1);
}

/** Seconds since 1970 of the last commit; of the version's own file where there is no git. */
function lastCommit() {
  try {
    return execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return String(Math.floor(statSync(join(ROOT, 'package.json')).mtimeMs / 1000));
  }
}
