import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'vitest';
import { ROOT } from './daemon.ts';
import { waitFor } from './processes.ts';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs beside the test. */
export interface Running {
  readonly pid: number;
  /** Waits for words on stderr. */
  until(words: RegExp): Promise<void>;
  readonly ended: Promise<Ended>;
}

export function beginWeir(args: readonly string[]): Running {
  const child = spawn(process.execPath, ['dist/src/main.js', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => {
    output.stdout += data;
  });
  child.stderr.on('data', (data) => {
    output.stderr += data;
  });
  const until = (words: RegExp) => waitFor(() => words.test(output.stderr), String(words));
  return { pid: child.pid ?? -1, until, ended: once(child, 'close').then(([code]) => ({ code, ...output })) };
}

/** What was wrong is told in words, with what to do about it, and without a stack. */
export function expectRefusal(ended: Ended, code: number, message: RegExp): void {
  const { stderr } = ended;
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/\n {2}→ \S+|add --help/);
  expect(stderr).not.toMatch(/^\s+at .*:\d+|unexpected error/m);
  expect(ended.code).toBe(code);
}

/** Of a command that went well: nothing on stderr that is a complaint. */
export function expectDone(ended: Ended): void {
  expect(ended.stderr).not.toMatch(/^\s+at .*:\d+|unexpected error|→/m);
  expect(ended.code).toBe(0);
}
