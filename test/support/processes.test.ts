import { expect, test } from 'vitest';
import { childProcesses, runWithin } from './processes.ts';

/** Every process whose command line is this. */
async function running(commandLine: string): Promise<string> {
  return runWithin(5_000, 'sh', ['-c', `grep -lzx '${commandLine}' /proc/[0-9]*/cmdline 2>/dev/null || true`]);
}

test('a command within its time gives what it wrote', async () => {
  expect(await runWithin(20_000, 'echo', ['done'])).toBe('done\n');
});

test('a command that fails is told with its last words', async () => {
  await expect(runWithin(20_000, 'sh', ['-c', 'echo no >&2; exit 3'])).rejects.toThrow(/ended with 3: no/);
  await expect(runWithin(20_000, 'no-such-command', [])).rejects.toThrow(/ENOENT/);
});

test('a command that hangs is killed, with what it started', async () => {
  const hanging = runWithin(500, 'sh', ['-c', 'echo before >&2; sleep 47110815 & wait']);
  await expect(hanging).rejects.toThrow(/took longer than 500 ms: before/);
  expect(await running('47110815')).toBe('');
  expect([...childProcesses().values()]).not.toContain('sh');
});
