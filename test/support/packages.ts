import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach } from 'vitest';
import { ROOT } from './daemon.ts';
import { type Part, REQUIRE_ALL } from './parts.ts';
import { runWithin } from './processes.ts';

/** What building a package may take: npm fetches a hundred packages, and a busy machine packs 300 MB. */
export const BUILD_TIMEOUT_MS = 600_000;
const ASK_TIMEOUT_MS = 60_000;

/**
 * `beforeAll` for what needs npm's registry. Where npm does not reach it, the tests around are skipped visibly; where all parts are
 * required it is not asked, and they fail with npm's own words. `prepare` has `limitMs`.
 */
export function beforeAllWithRegistry(prepare: () => Promise<void>, limitMs = BUILD_TIMEOUT_MS): void {
  let isReached = true;
  beforeAll(async () => {
    isReached = REQUIRE_ALL || (await reachesRegistry());
    if (isReached) await prepare();
  }, ASK_TIMEOUT_MS + limitMs);
  beforeEach(({ skip }) => {
    skip(!isReached, 'a package registry is missing: let npm reach its registry');
  });
}

function reachesRegistry(): Promise<boolean> {
  return runWithin(ASK_TIMEOUT_MS, 'npm', ['view', 'commander@14.0.3', 'version']).then(
    () => true,
    () => false,
  );
}

function hasDpkg(): boolean {
  try {
    execFileSync('dpkg-deb', ['--version'], { stdio: 'ignore', timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

export const DPKG: Part = { name: 'dpkg-deb', present: hasDpkg(), remedy: 'apt-get install dpkg' };

/** Builds the Debian package without packing it tightly, into a folder of its own; gives its path. */
export async function buildDeb(architecture: 'amd64' | 'arm64'): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-test-deb-'));
  const args = ['deploy/deb/build.mjs', architecture, '--to', folder, '--compression', 'none'];
  return (await runWithin(BUILD_TIMEOUT_MS, process.execPath, args, { cwd: ROOT })).trim();
}
