import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { makeCertificate, servedName } from '../support/certificates.ts';
import { Daemon, ROOT, weir } from '../support/daemon.ts';
import { waitFor } from '../support/processes.ts';

let folder: string;
const path = (name: string) => join(folder, name);
const ends: (() => unknown)[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-secure-'));
  for (const name of ['a', 'b']) makeCertificate(folder, name);
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `weir watch` as it runs. */
function watch(address: string, ...args: string[]) {
  const child = spawn(process.execPath, ['dist/src/main.js', 'watch', address, '--json', ...args], { cwd: ROOT });
  const run = { stdout: '', stderr: '', code: once(child, 'close').then(([code]) => code as number | null) };
  child.stdout.on('data', (data) => {
    run.stdout += data;
  });
  child.stderr.on('data', (data) => {
    run.stderr += data;
  });
  ends.push(() => child.kill('SIGKILL'));
  return run;
}

test('a daemon with TLS and tokens is watched by who has both, until its token is revoked', async () => {
  const state = path('state');
  for (const kind of ['pem', 'key']) copyFileSync(path(`a.${kind}`), path(`now.${kind}`));
  for (const name of ['wall', 'other']) {
    const made = await weir(['token', 'create', '--name', name, '--state-dir', state]);
    writeFileSync(path(name), made.stdout);
  }
  writeFileSync(
    path('weir.yaml'),
    `server: {auth: tokens, tls: {certFile: "${path('now.pem')}", keyFile: "${path('now.key')}"}}
cameras: [{id: gate, source: "${join(ROOT, 'fixtures/demo.mp4')}", loop: true}]
log: {format: json}
`,
  );
  const daemon = new Daemon(['--config', path('weir.yaml'), '--state-dir', state, '--rungs', 'lite0@160-int8']);
  ends.push(() => daemon.stop());
  const told = () => /"address":"(https:[^"]+)"/.exec(daemon.stderr)?.[1];
  await waitFor(() => told() !== undefined || daemon.child.exitCode !== null, 'the daemon to serve', 40_000);
  const address = told() ?? daemon.stderr;

  const trusting = ['--ca-file', path('a.pem')];
  const known = watch(address, ...trusting, '--token-file', path('wall'));
  const [nobody, distrusting] = [watch(address, ...trusting), watch(address, '--token-file', path('wall'))];
  await waitFor(() => known.stdout.includes('"type":"label"'), 'a label', 40_000);
  expect(await nobody.code).not.toBe(0);
  expect(nobody.stderr).toContain('refuses');
  await waitFor(() => distrusting.stderr.includes('no connection'), 'the certificate to be refused');
  expect(nobody.stdout + distrusting.stdout).not.toContain('label');

  // Another certificate is served from the signal on; who is connected stays so.
  for (const kind of ['pem', 'key']) copyFileSync(path(`b.${kind}`), path(`now.${kind}`));
  daemon.child.kill('SIGHUP');
  await expect.poll(() => servedName(address), { timeout: 10_000 }).toBe('b.example');
  const before = known.stdout.length;
  await waitFor(() => known.stdout.indexOf('"type":"label"', before) > 0, 'labels to go on');

  await weir(['token', 'revoke', 'wall', '--state-dir', state]);
  expect(await known.code).not.toBe(0);
  expect(known.stderr).toContain('refuses');
}, 90_000);
