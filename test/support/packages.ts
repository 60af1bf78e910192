import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './daemon.ts';
import type { Part } from './parts.ts';

/** What building a package may take: npm fetches a hundred packages, and a busy machine packs 300 MB. */
export const BUILD_TIMEOUT_MS = 600_000;

function answers(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore', timeout: 60_000 });
    return true;
  } catch {
    return false;
  }
}

export const REGISTRY: Part = {
  name: 'a package registry',
  present: answers('npm', 'view', 'commander@14.0.3', 'version'),
  remedy: 'let npm reach its registry',
};

export const DPKG: Part = {
  name: 'dpkg-deb',
  present: answers('dpkg-deb', '--version'),
  remedy: 'apt-get install dpkg',
};

/** Builds the Debian package without packing it tightly, into a folder of its own; gives its path. */
export function buildDeb(architecture: 'amd64' | 'arm64'): string {
  const folder = mkdtempSync(join(tmpdir(), 'weir-test-deb-'));
  const args = ['deploy/deb/build.mjs', architecture, '--to', folder, '--compression', 'none'];
  return execFileSync(process.execPath, args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}
