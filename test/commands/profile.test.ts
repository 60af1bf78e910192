import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { profile } from '../../src/commands/profile.ts';
import { workingSizeFor } from '../../src/image/working-size.ts';
import { ladderPath, readLadder } from '../../src/infer/ladder.ts';
import { InferencePool } from '../../src/infer/pool.ts';
import { RungMeter } from '../../src/infer/warmup.ts';
import { profileFile, readProfile } from '../../src/profile/artifact.ts';
import { drifts } from '../../src/profile/drift.ts';
import { measureInRounds } from '../../src/profile/measure.ts';
import { SYSTEM_CLOCK } from '../../src/service/clock.ts';
import { temporaryFolder } from '../support/clips.ts';
import { beginWeir, expectDone, expectRefusal } from '../support/commands.ts';
import { weir } from '../support/daemon.ts';
import { colourModel, writeLadder } from '../support/ladders.ts';
import { CLOCKS, MAXN, pc, plant, publication, put, tx2 } from '../support/machines.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let tiny: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  tiny = await writeLadder(folder.path, [
    { id: 'small', model: colourModel(1) },
    { id: 'large', model: colourModel(2), side: 64 },
  ]);
});
afterAll(() => folder.remove());

const NEVER = new AbortController().signal;
const path = (name: string) => join(folder.path, name);
const profileTiny = (...args: string[]) => weir(['profile', '--ladder', tiny, ...args]);

describe('weir profile', () => {
  test('refuses clocks that float, says why, and writes nothing; does it all the same when told to', async () => {
    const root = await plant(pc({ cpus: [{ min: 800_000, max: 3_200_000 }] }));
    const options = { ladder: tiny, maxSeconds: 3, out: path('floating.json') };
    await expect(profile(options, NEVER, root)).rejects.toMatchObject({
      code: 'clocks-not-pinned',
      exitCode: 1,
      message: expect.stringMatching(/clocks are floating: .*cpu0 800-3200 MHz/),
      remedy: expect.stringMatching(/--allow-floating/),
    });
    expect(existsSync(options.out)).toBe(false);
    expect(await profile({ ...options, allowFloating: true }, NEVER, root)).toBe(0);
    const { circumstances, seen } = await readProfile(options.out, await readLadder(tiny));
    expect(circumstances).toMatchObject({ clock: { state: 'floating', source: 'linux' }, governors: ['schedutil'] });
    expect(circumstances.cpus).toEqual([{ cpu: 0, minMHz: 800, maxMHz: 3200 }]);
    expect(seen.reasons.join()).toMatch(/cpu0 800-3200 MHz/);
  });

  test('on pinned clocks needs no leave; where energy is counted, tells what a run takes', async () => {
    const root = await plant(tx2({ ...MAXN, publishedAtSeconds: null }));
    const publish = async () => {
      const text = publication({ atSeconds: Math.floor(Date.now() / 1000), isPinned: true, mode: 'MAXN' });
      await put(root, `${CLOCKS}.new`, text);
      await rename(join(root, `${CLOCKS}.new`), join(root, CLOCKS));
    };
    await publish();
    const publishing = setInterval(publish, 500);
    const options = { ladder: tiny, maxSeconds: 15, rungs: ['small'], out: path('pinned.json') };
    expect(await profile(options, NEVER, root).finally(() => clearInterval(publishing))).toBe(0);
    const { circumstances, seen, rungs } = await readProfile(options.out, await readLadder(tiny));
    expect(circumstances).toMatchObject({
      device: 'NVIDIA Jetson TX2',
      powerMode: 'MAXN',
      clock: { state: 'pinned', source: 'jetson' },
    });
    expect(seen.temperatureCelsius).toEqual([41.5, 41.5]);
    // The board's 5.12 W for the time of a run, shared among the slots.
    const [rung] = rungs;
    const aloneMillijoules = 5.12 * (rung?.service.p50Ms ?? Number.NaN);
    expect(rung?.energyMillijoules).toBeGreaterThan((0.1 * aloneMillijoules) / circumstances.slots);
    expect(rung?.energyMillijoules).toBeLessThan(20 * aloneMillijoules);
  }, 60_000);

  test('of this machine, refuses or says what it saw', async () => {
    const out = path('here.json');
    const ended = await profileTiny('--out', out, '--max-seconds', '3');
    if (ended.code === 0)
      return expect((await readProfile(out, await readLadder(tiny))).circumstances.clock.state).toBe('pinned');
    expectRefusal(ended, 1, /clocks are (floating|throttled|unreadable|mixed): \S+/);
    expect(ended.stderr).toMatch(/--allow-floating/);
    expect(existsSync(out)).toBe(false);
  });

  test('writes every rung into the state directory, and prints a table with what was seen', async () => {
    const ended = await profileTiny(
      '--allow-floating',
      '--max-seconds',
      '4',
      '--state-dir',
      path('state'),
      '--slots',
      '1',
    );
    expectDone(ended);
    const file = path('state/profile.json');
    const written = await readProfile(file, await readLadder(tiny));
    expect(ended.stderr).toContain(`wrote ${file}`);
    expect(written.circumstances).toMatchObject({ slots: 1, threadsPerSlot: 1, executionProviders: ['cpu'] });
    expect(written.circumstances.versions.node).toBe(process.versions.node);
    expect(written.rungs.map(({ id }) => id)).toEqual(['small', 'large']);
    for (const { prepare, run, service } of written.rungs) {
      expect(service.n).toBe(written.run.rounds);
      // What a run is made of is a part of the whole.
      expect(service.meanMs).toBeGreaterThan(prepare.meanMs + run.meanMs);
      expect(service.ci[0]).toBeLessThanOrEqual(service.meanMs);
      expect(service.ci[1]).toBeGreaterThanOrEqual(service.meanMs);
    }
    expect(ended.stdout).toMatch(/^small +\d+/m);
    expect(ended.stdout).toMatch(/^clocks: \w+/m);
    expect(ended.stdout).toMatch(/^\d+ rounds in \d+ s: /m);
    if (written.circumstances.clock.state !== 'pinned') expect(ended.stdout).toMatch(/^warning: clocks are not pinned/);
  });

  test('measures only the rungs that are named, and prints what it wrote as JSON', async () => {
    const out = path('some.json');
    const ended = await profileTiny(
      '--allow-floating',
      '--max-seconds',
      '4',
      '--rungs',
      'large',
      '--json',
      '--out',
      out,
    );
    expectDone(ended);
    const printed = profileFile.parse(JSON.parse(ended.stdout));
    expect(printed.rungs.map(({ id }) => id)).toEqual(['large']);
    expect(printed).toEqual(await readProfile(out, await readLadder(tiny)));
  });

  test.each([
    [['--rungs', 'smal'], 2, /no rung "smal" \(did you mean "small"\?\)/],
    [['--max-seconds', '0'], 2, /must be a whole number above 0/],
    [['--slots', 'many'], 2, /must be a whole number above 0/],
    [['--ladder', '/nowhere/ladder.json'], 2, /there is no ladder file/],
    [['--out', '/proc/profile.json'], 1, /cannot write/],
  ])('%j is refused', async (args, code, message) => {
    expectRefusal(await profileTiny('--allow-floating', ...args), code, message);
  });

  test('says when the time does not even suffice for the warm-up', async () => {
    const out = path('short.json');
    const ended = await weir(['profile', '--allow-floating', '--max-seconds', '1', '--out', out, '--slots', '1']);
    expectRefusal(ended, 1, /1 s passed before the warm-up was over; nothing was written/);
    expect(existsSync(out)).toBe(false);
  });

  test('ends at a signal without a trace: an older profile stays', async () => {
    const out = path('kept/profile.json');
    await mkdir(path('kept'));
    await writeFile(out, 'older');
    const running = beginWeir([
      'profile',
      '--allow-floating',
      '--rungs',
      'lite2@300-int8,lite2@300-fp16',
      '--out',
      out,
    ]);
    await running.until(/seconds measured/);
    process.kill(running.pid, 'SIGINT');
    const { code, stdout, stderr } = await running.ended;
    expect(stderr).toMatch(/stopped before everything was measured; nothing was written to .*profile\.json/);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(await readFile(out, 'utf8')).toBe('older');
  });
});

test('a CPU hog that begins half-way is told as a drift', async () => {
  const ladder = await readLadder(ladderPath('imagenet-1k'));
  const rungs = ladder.rungs.filter(({ id }) => ['lite0@128-int8', 'lite0@160-int8', 'lite1@192-int8'].includes(id));
  const cores = availableParallelism();
  const settings = { executionProviders: ['cpu'], allowFallback: false, threadsPerSlot: 1 };
  const clock = SYSTEM_CLOCK;
  const pool = await InferencePool.start({ rungs, classes: ladder.labels.length, slots: cores, settings, clock });
  const hogs: ReturnType<typeof spawn>[] = [];
  try {
    const meter = new RungMeter(pool, workingSizeFor(ladder.rungs));
    const rounds = 90;
    const { times } = await measureInRounds({
      rungs: rungs.length,
      round: (orderOf) => meter.round(orderOf),
      onRound: (_, measured) => {
        if (measured !== rounds / 2) return;
        for (let i = 0; i < 2 * cores; i++)
          hogs.push(spawn(process.execPath, ['-e', 'for(;;){}'], { stdio: 'ignore' }));
      },
      monotonicMs: () => clock.monotonicMs(),
      maxSeconds: 120,
      leastRounds: rounds,
      mostRounds: rounds,
    });
    const { byRung, overall } = drifts(times.map(({ serviceMs }) => serviceMs));
    expect(overall?.isDrift).toBe(true);
    expect(overall?.change).toBeGreaterThan(0.05);
    expect(byRung.filter((drift) => drift?.isDrift).length).toBeGreaterThan(0);
  } finally {
    for (const hog of hogs) hog.kill('SIGKILL');
    await pool.stop();
  }
}, 150_000);
