import { expect, test } from 'vitest';
import { configNotice, truthNotices, unevenNotice } from '../../src/commands/simulate-advice.ts';
import { requireReadable, requireWholePicture, strangerNotice } from '../../src/commands/simulate-heads.ts';
import { recordedLine } from '../../src/commands/simulate-words.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { Heads } from '../../src/heads/artifact.ts';
import { decidedBy } from '../../src/simulate/simulation.ts';
import { traceOf } from '../simulate/traces.ts';

test('a truth that the ladder cannot be held against is told with what helps', () => {
  const [labels, questions] = truthNotices({ unknown: ['car', 'empty'], unasked: ['gate'] }, false);
  expect(labels).toMatch(/^the truth says car, empty; the ladder has no such labels: give --heads;/);
  expect(questions).toMatch(/^the truth answers gate, which is not asked: give --heads$/);
  expect(truthNotices({ unknown: ['car'], unasked: [] }, true)).toEqual([
    expect.stringMatching(/^the truth says car; what was taught has no such label: give --heads that/),
  ]);
  expect(truthNotices({ unknown: [], unasked: [] }, false)).toEqual([]);
});

test('of a thousand wrong labels a few are named', () => {
  const unknown = Array.from({ length: 1000 }, (_, n) => `l${n}`);
  expect(truthNotices({ unknown, unasked: [] }, false)[0]).toMatch(/says l0, .*, l7 and 992 more;/);
});

test('a trace of a busy machine is told with the rungs that show it', () => {
  expect(unevenNotice([{ id: 'low', p50Ms: 10, p95Ms: 31.4 }], 'x.trace')).toMatch(
    /in x\.trace .*\(median\/p95 ms: low 10\.0\/31\.4\): was the machine busy\? record it again$/,
  );
  expect(unevenNotice([], 'x.trace')).toBeNull();
});

test('cameras of a configuration are told not to be simulated', () => {
  const cameras = [
    { id: 'a', source: 'a.mp4' },
    { id: 'b', source: 'b.mp4' },
  ];
  expect(configNotice(configSchema.parse({ cameras }), 'weir.yaml')).toMatch(
    /^the 2 cameras of weir\.yaml: nothing of/,
  );
  expect(configNotice(configSchema.parse({}), 'weir.yaml')).toBeNull();
});

test('heads that were taught for a region are refused, and it is said why', () => {
  expect(() => requireWholePicture({ camera: 'gate/door' }, 'h.json')).toThrow(
    /h\.json was taught for the region door of the camera gate: .* a trace has the whole/,
  );
  expect(() => requireWholePicture({ camera: 'gate' }, 'h.json')).not.toThrow();
});

test('heads that read embeddings of another size are refused', () => {
  const heads = { questions: [{ heads: { low: { dimensions: 8 } } }] } as unknown as Heads;
  const [low] = traceOf().rungs;
  if (low === undefined) throw new Error('it has a rung');
  const of = (embeddingSize: number) => ({ rungs: [{ ...low, embeddingSize }] });
  expect(() => requireReadable(heads, of(4), 'x.trace')).toThrow(
    /x\.trace has embeddings of 4 values of low, .* reads 8/,
  );
  expect(() => requireReadable(heads, of(8), 'x.trace')).not.toThrow();
});

test('heads of a camera that a trace was not recorded for are told', () => {
  const notice = (taughtCamera?: string) => strangerNotice({ camera: 'gate' }, { taughtCamera, clip: 'c' }, 'x.trace');
  expect(notice()).toMatch(/taught for the camera gate, and x\.trace was recorded without heads/);
  expect(notice('yard')).toMatch(/x\.trace was recorded for yard/);
  expect(notice('gate')).toBeNull();
});

test('one frame is one frame, and a fixed rung has no operating point', () => {
  const { frames, rungs } = traceOf();
  const one = { clip: 'c', frames: frames.slice(0, 1), rungs: rungs.slice(0, 1) };
  expect(recordedLine('x.trace', one)).toBe('x.trace: 1 frame of c, 1 rung');
  expect(decidedBy({ mode: 'fixed:low', operatingPoint: 'balanced' })).toBe('fixed:low');
  expect(decidedBy({ mode: 'hybrid', operatingPoint: 'balanced' })).toBe('hybrid balanced');
});
