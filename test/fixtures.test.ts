import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Truth {
  readonly questions: readonly {
    readonly intervals: readonly { from: number; to: number; label: string; also?: string[] }[];
  }[];
}

interface Answer {
  readonly ptsSeconds: number;
  readonly label: string;
  readonly path: readonly unknown[];
}

describe('the demonstration clip', () => {
  test('at least nine of ten labels are right while a photograph is shown, on the frames at k/5 s', () => {
    const [question] = (JSON.parse(readFileSync(join(ROOT, 'fixtures/demo.json'), 'utf8')) as Truth).questions;
    const lines = execFileSync(
      process.execPath,
      ['dist/src/main.js', 'classify', '--json', '--budget', 'none', 'fixtures/demo.mp4'],
      {
        cwd: ROOT,
        encoding: 'utf8',
        maxBuffer: 1 << 26,
      },
    );
    const answers = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Answer);
    for (const [k, { ptsSeconds }] of answers.entries()) expect(ptsSeconds).toBeCloseTo(k / 5, 3);
    expect(answers.length).toBe(167);

    const scored = answers.flatMap(({ ptsSeconds, label }) => {
      const shown = question?.intervals.find(({ from, to }) => from <= ptsSeconds && ptsSeconds < to);
      if (shown === undefined || shown.label === '~') return [];
      return [{ shown: shown.label, right: label === shown.label || (shown.also ?? []).includes(label) }];
    });
    const right = scored.filter((frame) => frame.right).length;
    expect(scored.length).toBeGreaterThan(140);
    expect(new Set(scored.map(({ shown }) => shown)).size).toBeGreaterThanOrEqual(5);
    expect(right / scored.length).toBeGreaterThanOrEqual(0.9);
    // Some frames are easy and some are not: that is what the ladder is for.
    const climbs = answers.filter(({ path }) => path.length > 1).length;
    expect(climbs).toBeGreaterThan(0);
    expect(climbs).toBeLessThan(answers.length / 2);
  });
});
