import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { profileCircumstances } from '../../src/commands/circumstances.ts';
import { planEngine } from '../../src/commands/engine.ts';
import { withTwins } from '../../src/commands/known-times.ts';
import { knownTimes } from '../../src/commands/run-profile.ts';
import { configSchema } from '../../src/config/schema.ts';
import { readLadder } from '../../src/infer/ladder.ts';
import { trainedPolicy } from '../../src/premodel/judge.ts';
import { type Profile, profileText, readProfile } from '../../src/profile/artifact.ts';
import { Redactor } from '../../src/secrets.ts';
import { createLogger } from '../../src/service/log.ts';
import type { DeviceReading } from '../../src/types.ts';
import { ffmpeg, temporaryFolder } from '../support/clips.ts';
import { Daemon, weir } from '../support/daemon.ts';
import { colourModel, writeLadder } from '../support/ladders.ts';
import { CIRCUMSTANCES, plantedProfile, plantedStage } from '../support/profiles.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let tiny: string;
/** Made by `weir profile` on this machine. */
let own: Profile;
const path = (name: string) => join(folder.path, name);

beforeAll(async () => {
  folder = await temporaryFolder();
  await ffmpeg(['-f', 'lavfi', '-i', 'color=red:s=64x64:d=1:r=5', '-pix_fmt', 'yuv420p', path('red.mp4')]);
  const twin = (precision: string) => ({ entry: { model: 'm', precision, macsMillions: 1 } });
  tiny = await writeLadder(folder.path, [
    { id: 'a-int8', model: colourModel(1), ...twin('int8') },
    { id: 'a-fp16', model: colourModel(2), ...twin('fp16') },
    { id: 'b', model: colourModel(3), side: 32 },
  ]);
  const args = ['--ladder', tiny, '--out', path('own.json'), '--max-seconds', '4', '--allow-floating'];
  expect((await weir(['profile', ...args])).code).toBe(0);
  own = await readProfile(path('own.json'), await readLadder(tiny));
});
afterAll(() => folder.remove());

/** The profile of this machine with times that no machine has: whoever uses it can be told from one who measures. */
function planted(changes: Partial<Profile> = {}, meanMs = (_: string) => 1234): Profile {
  return {
    ...own,
    run: { ...own.run, unsettled: [], drift: null },
    rungs: own.rungs.map((rung) => ({ ...rung, service: plantedStage(meanMs(rung.id)), drift: null })),
    ...changes,
  };
}

interface Ran {
  readonly code: number | null;
  readonly stderr: string;
  readonly times: Readonly<Record<string, number>>;
  readonly rungs: readonly string[];
}

/** Runs the daemon on a clip with one profile in its state directory. */
async function runWith(text: string, ...args: string[]): Promise<Ran> {
  await writeFile(path('profile.json'), text);
  const daemon = new Daemon(['--ladder', tiny, '--source', `red=${path('red.mp4')}`, '--budget', 'none', ...args], {
    STATE_DIRECTORY: folder.path,
  });
  try {
    await daemon.subscribe();
    const code = await daemon.exit();
    const line = daemon.stderr.split('\n').find((text) => text.includes('"timings"')) ?? '{"timings":[]}';
    const { timings } = JSON.parse(line) as { timings: { rung: string; p50Ms: number }[] };
    return {
      code,
      stderr: daemon.stderr,
      times: Object.fromEntries(timings.map(({ rung, p50Ms }) => [rung, p50Ms])),
      rungs: [...new Set(daemon.labels.flatMap((label) => label.path.map(({ rung }) => rung)))],
    };
  } finally {
    daemon.child.kill('SIGKILL');
  }
}

describe('weir run with a profile in its state directory', () => {
  test('takes its times, measures nothing, and says so', async () => {
    const ran = await runWith(profileText(planted()));
    expect(ran.code).toBe(0);
    expect(ran.times).toEqual({ 'a-int8': 1234, b: 1234 });
    expect(ran.stderr).toMatch(/times of the profile .*profile\.json are used, nothing is measured/);
    expect(ran.stderr).not.toMatch(/measured anew/);
    expect(ran.rungs.length).toBeGreaterThan(0);
  });

  test.each<[string, (profile: Profile) => Profile, RegExp]>([
    [
      'of another device',
      (p) => ({ ...p, circumstances: { ...p.circumstances, device: 'Moon' } }),
      /it is of device Moon \(here: /,
    ],
    ['of other slots', (p) => ({ ...p, circumstances: { ...p.circumstances, slots: 77 } }), /slots 77 \(here: \d+\)/],
    [
      'of other versions and clocks',
      ({ circumstances, ...p }) => ({
        ...p,
        circumstances: {
          ...circumstances,
          clock: { state: 'mixed', source: 'linux' },
          versions: { ...circumstances.versions, onnxruntime: '0.9' },
        },
      }),
      /clocks mixed \(here: \w+\), ONNX Runtime 0\.9 \(here: /,
    ],
    ['without a rung', (p) => ({ ...p, rungs: p.rungs.filter(({ id }) => id !== 'b') }), /it has no b/],
    [
      'that drifted',
      (p) => ({ ...p, run: { ...p.run, drift: { change: 1, pValue: 0, isDrift: true } } }),
      /the machine drifted/,
    ],
    ['of another ladder', (p) => ({ ...p, ladder: { name: 'other', fingerprint: 'abc' } }), /is of another ladder/],
    [
      'whose runtime had to do without',
      (p) => ({ ...p, circumstances: { ...p.circumstances, runtimeNotices: ['no cuda'] } }),
      /the runtime now uses all that is asked for/,
    ],
  ])('%s measures anew, and says why in one line', async (_, change, why) => {
    const ran = await runWith(profileText(change(planted())));
    expect(ran.code).toBe(0);
    expect(Object.keys(ran.times)).toEqual(['a-int8', 'b']);
    for (const ms of Object.values(ran.times)) expect(ms).not.toBe(1234);
    const lines = ran.stderr.split('\n').filter((line) => line.includes('measured anew'));
    expect(lines.length).toBe(1);
    expect(lines[0]).toMatch(why);
  });

  test('is not stopped by one that is spoilt', async () => {
    const ran = await runWith('{"schema": "weir.pro');
    expect(ran.code).toBe(0);
    expect(ran.stderr).toMatch(/measured anew: profile file .* is not JSON/);
    expect(ran.times['a-int8']).not.toBe(1234);
  });

  test('leaves it alone when told to', async () => {
    const ran = await runWith(profileText(planted()), '--profile', 'none');
    expect(ran.code).toBe(0);
    expect(ran.times['a-int8']).not.toBe(1234);
    expect(ran.stderr).not.toMatch(/profile/);
  });

  test('runs a precision twin that it shows to be cheaper: labels tell the rung that ran', async () => {
    const cheap = planted({}, (id) => (id === 'a-fp16' ? 20 : 40));
    const ran = await runWith(profileText(cheap));
    expect(ran.times).toEqual({ 'a-fp16': 20, b: 40 });
    expect(ran.stderr).toMatch(/a-fp16 runs in place of a-int8: a-int8 takes 40\.0 ms, a-fp16 takes 20\.0 ms/);
    expect(ran.rungs[0]).toBe('a-fp16');
    expect(ran.rungs).not.toContain('a-int8');
  });

  test.each([[['--mode', 'fixed:a-int8']], [['--rungs', 'a-int8,b']]])(
    'keeps a rung that is named by %j',
    async (args) => {
      const ran = await runWith(profileText(planted({}, (id) => (id === 'a-fp16' ? 20 : 40))), ...args);
      expect(ran.times).toMatchObject({ 'a-int8': 40 });
      expect(ran.rungs).not.toContain('a-fp16');
      expect(ran.stderr).not.toMatch(/in place of/);
    },
  );
});

describe('weir run with a profile that is named', () => {
  test.each<[string, string, RegExp]>([
    ['missing', '', /there is no profile file/],
    ['spoilt', '{', /is not JSON/],
    ['of another ladder', 'other', /is of another ladder/],
  ])('refuses one that is %s', async (_, text, message) => {
    const file = path(`named-${text.length}.json`);
    const other = planted({ ladder: { name: 'other', fingerprint: 'abc' } });
    if (text !== '') await writeFile(file, text === 'other' ? profileText(other) : text);
    const { code, stderr } = await weir(['run', '--ladder', tiny, '--port', '0', '--profile', file]);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/\n {2}→ /);
    expect(code).toBe(2);
  });

  test('takes it from the configuration, relative to that file', async () => {
    await writeFile(path('named.json'), profileText(planted({}, () => 777)));
    await writeFile(path('weir.yaml'), 'profile: named.json\n');
    const ran = await runWith(profileText(planted()), '--config', path('weir.yaml'));
    expect(ran.times).toEqual({ 'a-int8': 777, b: 777 });
  });
});

describe('a twin under a premodel', () => {
  const reading: DeviceReading = {
    clock: CIRCUMSTANCES.clock,
    reasons: [],
    powerMode: CIRCUMSTANCES.powerMode,
    governors: CIRCUMSTANCES.governors,
    cpus: CIRCUMSTANCES.cpus.map((cpu) => ({ ...cpu, currentMHz: cpu.maxMHz })),
    temperatureCelsius: null,
    headroomCelsius: null,
    throttleCount: null,
  };
  const device = { name: CIRCUMSTANCES.device, reading };
  const log = createLogger({ level: 'error', format: 'json' }, new Redactor());
  let plan: Awaited<ReturnType<typeof planEngine>>;
  beforeEach(async () => {
    const uses = [{ mode: { kind: 'hybrid' } as const, operatingPoint: 'balanced' }];
    plan = await planEngine({ ladder: 'imagenet-1k', premodel: null, rungs: null, uses });
  });
  afterEach(() => log.flush());

  test('keeps every fitted parameter of the rung whose place it takes', async () => {
    const { inference, cameras, mode } = configSchema.parse({ inference: { slots: 2 } });
    const file = path('shipped.json');
    const here = profileCircumstances(device, inference, 2);
    const profile = plantedProfile(plan.ladder, (id) => (id.includes('fp16') ? 5 : 10), here);
    await writeFile(file, profileText(profile));
    const config = { inference, cameras, mode, rungs: undefined, profile: file };
    const known = await knownTimes(plan, { config, device, env: {}, log });
    const twins = known?.twins ?? new Map();
    expect([...twins.keys()].sort()).toEqual(plan.rungs.map(({ id }) => id).sort());
    for (const [id, twin] of twins) expect(twin).toBe(id.replace('int8', 'fp16'));

    const swapped = withTwins(plan, twins);
    expect(swapped.rungs.map(({ precision }) => precision)).toEqual(plan.rungs.map(() => 'fp16'));
    if (plan.premodel === null || swapped.premodel === null) throw new Error('the shipped ladder has a premodel');
    const before = trainedPolicy(plan.premodel, 'hybrid', 'balanced');
    const after = trainedPolicy(swapped.premodel, 'hybrid', 'balanced');
    expect(after.rungs).toEqual(before.rungs.map((rung) => ({ ...rung, id: twins.get(rung.id) })));
    expect(after.operatingPoint).toBe(before.operatingPoint);
  });
});
