import { join } from 'node:path';
import { writeArtifact } from '../artifact/write.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import type { Monitor } from '../device/monitor.ts';
import { openDevice } from '../device/open.ts';
import { WeirError } from '../errors.ts';
import { workingSizeFor } from '../image/working-size.ts';
import { checkModels, chooseSubset, ladderPath, readLadder } from '../infer/ladder.ts';
import { InferencePool } from '../infer/pool.ts';
import { RungMeter } from '../infer/warmup.ts';
import { PROFILE_FILE, type Profile, profileText } from '../profile/artifact.ts';
import { composeProfile } from '../profile/compose.ts';
import { measureEnergy } from '../profile/energy.ts';
import { measureInRounds } from '../profile/measure.ts';
import { SeenRecorder } from '../profile/seen.ts';
import { profileTable } from '../profile/table.ts';
import { flaws } from '../profile/trust.ts';
import { Redactor } from '../secrets.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import { stateDirectory } from '../service/state-dir.ts';
import type { DeviceMonitor, Ladder, Rung } from '../types.ts';
import { profileCircumstances, slotCount } from './circumstances.ts';
import { requireDestination } from './destination.ts';
import { planEngine } from './engine.ts';
import { ProgressTeller } from './progress.ts';
import { settleCameras, usesOf } from './settled.ts';
import { print } from './shell.ts';

export interface ProfileOptions {
  readonly config?: string;
  readonly ladder?: string;
  readonly rungs?: readonly string[];
  readonly slots?: number;
  readonly maxSeconds: number;
  readonly allowFloating?: boolean;
  readonly json?: boolean;
  readonly out?: string;
  readonly stateDir?: string;
}

const MEASURING = 'seconds measured, of at most';
/** Where energy is counted, the interleaved rounds take at most this share of the time. */
const ROUNDS_SHARE = 0.6;

/**
 * Measures every rung of a ladder until its times are known, and writes a profile.
 *
 * @param root folder in which the machine's `sys` and `proc` are
 */
export async function profile(options: ProfileOptions, stop: AbortSignal, root = '/'): Promise<number> {
  const device = await openDevice({ clock: SYSTEM_CLOCK, root });
  try {
    return await profileDevice(options, device, stop);
  } finally {
    device.stop();
  }
}

async function profileDevice(options: ProfileOptions, monitor: Monitor, stop: AbortSignal): Promise<number> {
  const config = await loadConfig({
    path: options.config ?? null,
    env: process.env,
    redactor: new Redactor(),
    onlyLook: true,
  });
  const ladder = await readLadder(ladderPath(options.ladder ?? config.ladder));
  const rungs = rungsOf(ladder, options.rungs);
  requireTrustedClocks(monitor, options.allowFloating === true);
  await checkModels(rungs);
  const out = options.out ?? join(stateDirectory(options.stateDir, process.env), PROFILE_FILE);
  await requireDestination(out);
  const teller = new ProgressTeller();
  const settings = { ...config.inference, slots: options.slots ?? slotCount(config.inference.slots) };
  try {
    const measured = await measure({ options, settings, ladder, rungs, monitor, stop, teller });
    teller.stop();
    await writeArtifact(out, profileText(measured));
    if (options.json) print(JSON.stringify(measured, null, 2));
    else for (const line of profileTable(measured)) print(line);
    process.stderr.write(`weir: wrote ${out}\n`);
    const why = flaws(measured, await rungsInUse(config, options));
    if (why.length > 0) process.stderr.write(`weir: \`weir run\` will not use it: ${why.join('; ')}\n`);
    return 0;
  } catch (error) {
    if (!stop.aborted) throw error;
    teller.stop();
    process.stderr.write(`weir: stopped before everything was measured; nothing was written to ${out}\n`);
    return 1;
  } finally {
    teller.stop();
  }
}

/** Those that the daemon would load with the same configuration; none where its premodel is not right, which it says itself. */
async function rungsInUse(config: Config, options: ProfileOptions): Promise<readonly Rung[]> {
  const { premodel = null, rungs = null } = config;
  const ladder = options.ladder ?? config.ladder;
  const plan = async () => {
    const cameras = await settleCameras(
      { ...config, ladder },
      { ladder: await readLadder(ladderPath(ladder)), env: process.env },
    );
    return await planEngine({ ladder, premodel, rungs, uses: usesOf(config, cameras) });
  };
  return await plan().then(
    (planned) => planned.rungs,
    () => [],
  );
}

interface Work {
  readonly options: ProfileOptions;
  readonly settings: Config['inference'] & { readonly slots: number };
  readonly ladder: Ladder;
  readonly rungs: readonly Rung[];
  readonly monitor: DeviceMonitor;
  readonly stop: AbortSignal;
  readonly teller: ProgressTeller;
}

async function measure({ options, settings, ladder, rungs, monitor, stop, teller }: Work): Promise<Profile> {
  const clock = SYSTEM_CLOCK;
  const monotonicMs = () => clock.monotonicMs();
  const measuredAtMs = clock.unixMs();
  teller.update('loading models', 0, 1);
  const pool = await InferencePool.start({
    rungs,
    classes: ladder.labels.length,
    slots: settings.slots,
    settings,
    clock,
  });
  try {
    stop.throwIfAborted();
    // Of the whole ladder, as the daemon has it: the size of its pictures is part of what is measured.
    const meter = new RungMeter(pool, workingSizeFor(ladder.rungs));
    const begunMs = clock.monotonicMs();
    const recorder = new SeenRecorder(monitor.reading);
    const { maxSeconds } = options;
    teller.update(MEASURING, 0, maxSeconds);
    const countsEnergy = monitor.energyMillijoules !== null;
    const measured = await measureInRounds({
      rungs: rungs.length,
      round: (orderOf) => meter.round(orderOf, stop),
      monotonicMs,
      maxSeconds: countsEnergy ? maxSeconds * ROUNDS_SHARE : maxSeconds,
      onRound: (seconds) => {
        recorder.add(monitor.reading, seconds);
        teller.update(MEASURING, Math.min(maxSeconds, Math.round(seconds)), maxSeconds);
      },
    });
    if (measured.rounds === 0) throw tooShort(maxSeconds);
    const state = monitor.clockSince(begunMs);
    const energyMillijoules = await measureEnergy({
      rungs: rungs.length,
      run: async (rung) => (await meter.round(() => [rung], stop)).length,
      counterMillijoules: () => monitor.energyMillijoules,
      monotonicMs,
      maxSeconds: maxSeconds - measured.seconds,
    });
    const circumstances = profileCircumstances(monitor, settings, settings.slots, state);
    return composeProfile({
      ladder,
      rungs,
      measured,
      circumstances: { ...circumstances, runtimeNotices: [...pool.notices] },
      seen: recorder.seen,
      measuredAtMs,
      energyMillijoules,
    });
  } finally {
    await pool.stop();
  }
}

/** @throws WeirError `unknown-rung` */
function rungsOf(ladder: Ladder, asked: readonly string[] | undefined): readonly Rung[] {
  if (asked === undefined) return ladder.rungs;
  const ids = chooseSubset(ladder, asked);
  return ladder.rungs.filter(({ id }) => ids.includes(id));
}

/** @throws WeirError `clocks-not-pinned` */
function requireTrustedClocks({ reading, advice }: Monitor, allowFloating: boolean): void {
  if (reading.clock.state === 'pinned' || allowFloating) return;
  throw new WeirError('clocks-not-pinned', `clocks are ${reading.clock.state}: ${reading.reasons.join('; ')}`, {
    remedy: `${advice}; or measure all the same with --allow-floating`,
  });
}

function tooShort(maxSeconds: number): WeirError {
  return new WeirError('profile-too-short', `${maxSeconds} s passed before the warm-up was over; nothing was written`, {
    remedy: 'raise --max-seconds, or measure fewer with --rungs',
  });
}
