import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeArtifact } from '../../src/artifact/write.ts';
import { ladderPath, readLadder } from '../../src/infer/ladder.ts';
import { type Profile, profileText, readProfile } from '../../src/profile/artifact.ts';
import { differences } from '../../src/profile/compare.ts';
import { composeProfile } from '../../src/profile/compose.ts';
import { profileTable } from '../../src/profile/table.ts';
import { cheaperTwins, flaws, timingOf } from '../../src/profile/trust.ts';
import type { Ladder } from '../../src/types.ts';
import { temporaryFolder } from '../support/clips.ts';
import { CIRCUMSTANCES, plantedProfile, plantedStage } from '../support/profiles.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let ladder: Ladder;
let profile: Profile;
let file: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  file = join(folder.path, 'profile.json');
  ladder = await readLadder(ladderPath('imagenet-1k'));
  profile = plantedProfile(ladder, (id) => (id.includes('fp16') ? 12 : 10));
});
afterAll(() => folder.remove());

/** A copy of the planted profile in which one rung was changed. */
function changed(id: string, change: (rung: Profile['rungs'][number]) => Profile['rungs'][number]): Profile {
  return { ...profile, rungs: profile.rungs.map((rung) => (rung.id === id ? change(rung) : rung)) };
}

describe('a profile’s file', () => {
  test('comes back as it was written', async () => {
    await writeArtifact(file, profileText(profile));
    expect(await readProfile(file, ladder)).toEqual(profile);
  });

  test('as it is composed of what was measured, too', async () => {
    const rungs = ladder.rungs.slice(0, 2);
    const times = rungs.map((_, rung) => {
      const rounds = Array.from({ length: 30 }, (_, round) => [10 + rung + (round % 3) / 10, 10 + rung]);
      return { prepareMs: rounds.map(() => [0.1234567, 0.1]), runMs: rounds, serviceMs: rounds };
    });
    const composed = composeProfile({
      ladder,
      rungs,
      measured: { times, rounds: 30, discardedRounds: 3, seconds: 1.23456789, ended: 'time' },
      circumstances: CIRCUMSTANCES,
      seen: profile.seen,
      measuredAtMs: 5,
      energyMillijoules: [12.3456789, null],
    });
    expect(composed.run).toMatchObject({ unsettled: [], seconds: 1.2346, drift: { isDrift: false } });
    expect(composed.rungs.map(({ energyMillijoules }) => energyMillijoules)).toEqual([12.3457, undefined]);
    await writeArtifact(file, profileText(composed));
    expect(await readProfile(file, ladder)).toEqual(composed);
  });

  const first = 'lite0@96-int8';
  test.each<[string, (text: string) => string, string, RegExp]>([
    ['truncated', (text) => text.slice(0, -40), 'profile-invalid', /is not JSON/],
    ['empty', () => '', 'profile-invalid', /is not JSON/],
    [
      'with an unknown key',
      (text) => text.replace('"meanMs"', '"menMs"'),
      'profile-invalid',
      /menMs: unknown key \(did you mean "meanMs"/,
    ],
    ['with NaN', (text) => text.replace(/"meanMs":[\d.]+/, '"meanMs":NaN'), 'profile-invalid', /is not JSON/],
    [
      'with null for a time',
      (text) => text.replace(/"meanMs":[\d.]+/, '"meanMs":null'),
      'profile-invalid',
      /meanMs: must be a number, not nothing/,
    ],
    ['with a negative time', (text) => text.replace(/"p50Ms":[\d.]+/, '"p50Ms":-1'), 'profile-invalid', /p50Ms/],
    [
      'with percentiles that fall',
      (text) => text.replace(/"p95Ms":[\d.]+/, '"p95Ms":0'),
      'profile-invalid',
      /percentiles must grow/,
    ],
    [
      'with an interval that is turned round',
      (text) => text.replace(/"ci":\[[\d.,]+\]/, '"ci":[2,1]'),
      'profile-invalid',
      /must not end below/,
    ],
    [
      'with a rung twice',
      (text) => text.replace('"lite0@96-int8-mirror"', `"${first}"`),
      'profile-invalid',
      /stands there twice/,
    ],
    ['with a strange rung', (text) => text.replace(`"${first}"`, '"lite9"'), 'profile-invalid', /has no rung "lite9"/],
    [
      'of another model',
      (text) => text.replace(/"sha256":"6bda/, '"sha256":"0000'),
      'profile-invalid',
      /with another model/,
    ],
    [
      'of another ladder',
      (text) => text.replace(/"fingerprint": "...../, '"fingerprint": "00000'),
      'profile-other-ladder',
      /of another ladder/,
    ],
    ['of a later version', (text) => text.replace('weir.profile/1', 'weir.profile/2'), 'profile-invalid', /schema/],
  ])('%s is refused', async (_, spoil, code, message) => {
    const text = spoil(profileText(profile));
    expect(text).not.toBe(profileText(profile));
    await writeFile(file, text);
    await expect(readProfile(file, ladder)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('that is not there is told', async () => {
    await expect(readProfile(join(folder.path, 'none.json'), ladder)).rejects.toMatchObject({
      code: 'profile-missing',
    });
  });
});

describe('differences', () => {
  test('there are none between the same circumstances', () => {
    expect(differences(CIRCUMSTANCES, structuredClone(CIRCUMSTANCES))).toEqual([]);
  });

  test.each<[Partial<typeof CIRCUMSTANCES>, string]>([
    [{ device: 'NVIDIA Jetson Nano' }, 'device NVIDIA Jetson TX2 (here: NVIDIA Jetson Nano)'],
    [{ powerMode: 'MAXQ' }, 'power mode MAXN (here: MAXQ)'],
    [{ powerMode: null }, 'power mode MAXN (here: none)'],
    [{ clock: { state: 'floating', source: 'jetson' } }, 'clocks pinned (here: floating)'],
    [{ governors: ['performance'] }, 'governor schedutil (here: performance)'],
    [
      { cpus: [{ cpu: 0, minMHz: 345.6, maxMHz: 2035.2 }] },
      'processors 0: 2035.2-2035.2 MHz (here: 0: 345.6-2035.2 MHz)',
    ],
    [{ cpus: [] }, 'processors 0: 2035.2-2035.2 MHz (here: none)'],
    [{ slots: 4 }, 'slots 2 (here: 4)'],
    [{ threadsPerSlot: 2 }, 'threads per slot 1 (here: 2)'],
    [{ executionProviders: ['cuda', 'cpu'] }, 'execution providers cpu (here: cuda, cpu)'],
    [{ versions: { ...CIRCUMSTANCES.versions, weir: '0.2.0' } }, 'Weir 0.1.0 (here: 0.2.0)'],
    [{ versions: { ...CIRCUMSTANCES.versions, node: '22.0.0' } }, 'Node 20.9.0 (here: 22.0.0)'],
    [{ versions: { ...CIRCUMSTANCES.versions, onnxruntime: '1.31.0' } }, 'ONNX Runtime 1.30.0 (here: 1.31.0)'],
  ])('%j', (change, words) => {
    expect(differences(CIRCUMSTANCES, { ...CIRCUMSTANCES, ...change })).toEqual([words]);
  });
});

describe('what is taken from a profile', () => {
  const used = [{ id: 'lite0@96-int8' }, { id: 'lite0@128-int8' }];
  const [first] = used;

  test('times of the service, as the daemon measures them', () => {
    const rung = profile.rungs[0] as Profile['rungs'][number];
    expect(timingOf(rung)).toEqual({ rung: 'lite0@96-int8', p50Ms: 10, p95Ms: 15, runP50Ms: 9 });
    expect(flaws(profile, used)).toEqual([]);
  });

  test('nothing where rungs are missing, ran too seldom, or drifted', () => {
    const isDrift = { change: 0.3, pValue: 1e-6, isDrift: true };
    const id = first?.id ?? '';
    expect(flaws({ ...profile, rungs: profile.rungs.slice(1) }, used)).toEqual(['it has no lite0@96-int8']);
    const few = changed(id, (rung) => ({ ...rung, service: { ...rung.service, n: 39 } }));
    expect(flaws(few, used)).toEqual(['too few runs of lite0@96-int8']);
    expect(
      flaws(
        changed(id, (rung) => ({ ...rung, drift: isDrift })),
        used,
      ),
    ).toEqual(['drift of lite0@96-int8']);
    expect(flaws({ ...profile, run: { ...profile.run, drift: isDrift } }, used)).toEqual([
      'the machine drifted while it was measured',
    ]);
    expect(
      flaws(
        changed('lite2@300-int8', (rung) => ({ ...rung, drift: isDrift })),
        used,
      ),
    ).toEqual([]);
  });

  test('a precision twin, where it is certainly cheaper', () => {
    const twin = 'lite0@96-fp16';
    const cheaper = (meanMs: number, half: number) =>
      cheaperTwins(
        changed(twin, (rung) => ({ ...rung, service: plantedStage(meanMs, half) })),
        ladder.rungs,
        used.map(({ id }) => id),
      );
    expect([...cheaper(8, 0.2)]).toEqual([['lite0@96-int8', twin]]);
    expect([...cheaper(9.7, 0.2)]).toEqual([]); // the intervals meet
    expect([...cheaper(12, 0.2)]).toEqual([]);
    expect([...cheaperTwins(profile, ladder.rungs, [twin])]).toEqual([[twin, 'lite0@96-int8']]);
  });

  test('no twin that is in use already, ran too seldom, or drifted', () => {
    const twin = 'lite0@96-fp16';
    const cheap = (change: Partial<Profile['rungs'][number]>) =>
      changed(twin, (rung) => ({ ...rung, service: plantedStage(5), ...change }));
    const ids = used.map(({ id }) => id);
    expect(cheaperTwins(cheap({}), ladder.rungs, ids).size).toBe(1);
    expect(cheaperTwins(cheap({}), ladder.rungs, [...ids, twin]).size).toBe(0);
    expect(cheaperTwins(cheap({ service: { ...plantedStage(5), n: 10 } }), ladder.rungs, ids).size).toBe(0);
    const drift = { change: 0.3, pValue: 1e-6, isDrift: true };
    expect(cheaperTwins(cheap({ drift }), ladder.rungs, ids).size).toBe(0);
  });
});

describe('the table', () => {
  test('of pinned clocks has no warning, and says that all is known', () => {
    const lines = profileTable(profile);
    expect(lines[0]).toMatch(/^imagenet-1k on NVIDIA Jetson TX2, MAXN: slots at once: 2/);
    expect(lines.join('\n')).toMatch(/clocks: pinned/);
    expect(lines.at(-2)).toMatch(/50 rounds in 60 s: every mean is known to ±5\.0 %/);
    expect(lines.at(-1)).toBe('drift: too few rounds to tell');
  });

  test('of other clocks warns in its first line; tells what is not known, and what drifted', () => {
    const drift = { change: 0.31, pValue: 1e-6, isDrift: true };
    const lines = profileTable({
      ...changed('lite0@96-int8', (rung) => ({ ...rung, drift })),
      circumstances: { ...CIRCUMSTANCES, clock: { state: 'mixed', source: 'jetson' } },
      run: { ...profile.run, ended: 'time', unsettled: ['lite0@96-int8'], drift },
    });
    expect(lines[0]).toMatch(/^warning: clocks are not pinned \(mixed\)/);
    expect(lines.find((line) => line.startsWith('lite0@96-int8 '))).toMatch(/\* 2\.0 % .*\+31\.0 %$/);
    expect(lines.at(-2)).toMatch(/the time was up before the means of 1 of 60 rungs \(\*\) were known/);
    expect(lines.at(-1)).toMatch(/the machine drifted: the last third took \+31\.0 %.*drift of 1 of 60 rungs/);
  });
});
