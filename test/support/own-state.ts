import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

// One daemon alone uses a state directory: each file of tests has one of its own, and the user's stays as it is.
const folder = mkdtempSync(join(tmpdir(), 'weir-state-'));
process.env.XDG_STATE_HOME = folder;
afterAll(() => rmSync(folder, { recursive: true, force: true }));
