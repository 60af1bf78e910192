import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, NO_PROFILE } from '../config/schema.ts';
import { WeirError } from '../errors.ts';
import { checkModels } from '../infer/ladder.ts';
import { PROFILE_FILE, type Profile, readProfile } from '../profile/artifact.ts';
import { differences } from '../profile/compare.ts';
import { cheaperTwins, flaws, timingOf } from '../profile/trust.ts';
import type { Logger } from '../service/log.ts';
import { stateDirectory } from '../service/state-dir.ts';
import type { DeviceMonitor, Ladder } from '../types.ts';
import { profileCircumstances, slotCount } from './circumstances.ts';
import type { EnginePlan } from './engine.ts';
import type { KnownTimes } from './known-times.ts';

interface Parts {
  readonly config: Pick<Config, 'profile' | 'rungs' | 'mode' | 'cameras' | 'inference'>;
  readonly device: Pick<DeviceMonitor, 'name' | 'reading'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
}

/**
 * The times of a profile, if they hold here; says what it takes from it, or why it does not. A profile that is named must be
 * right; one that merely lies in the state directory is left alone where it is not.
 *
 * @throws WeirError of a profile that the configuration names
 */
export async function knownTimes(plan: EnginePlan, parts: Parts): Promise<KnownTimes | null> {
  const { config, log } = parts;
  if (config.profile === NO_PROFILE) return null;
  const path = config.profile ?? join(stateDirectory(undefined, parts.env), PROFILE_FILE);
  if (config.profile === undefined && !existsSync(path)) return null;
  const profile = await readProfile(path, plan.ladder).catch((error: unknown) => {
    if (config.profile !== undefined || !(error instanceof WeirError)) throw error;
    log.warn({ profile: path }, `rungs are measured anew: ${error.message}; ${error.remedy}`);
    return null;
  });
  if (profile === null) return null;
  const here = profileCircumstances(parts.device, config.inference, slotCount(config.inference.slots));
  const differ = differences(profile.circumstances, here);
  const why = differ.length > 0 ? [`it is of ${differ.join(', ')}`] : flaws(profile, plan.rungs);
  if (why.length > 0) {
    log.warn(
      { profile: path, why },
      `rungs are measured anew, as the profile ${path} does not hold here: ${why.join('; ')}`,
    );
    return null;
  }
  const twins = await usableTwins(profile, plan, parts);
  log.info({ profile: path }, `times of the profile ${path} are used, nothing is measured`);
  for (const [id, twin] of twins)
    log.info({ rung: id, twin }, `${twin} runs in place of ${id}: ${costs(profile, id, twin)}`);
  return {
    timings: profile.rungs.map(timingOf),
    twins,
    runtimeNotices: profile.circumstances.runtimeNotices,
    onOtherRuntime: (notices) => {
      const now = notices.length === 0 ? 'uses all that is asked for' : notices.join('; ');
      log.warn({ profile: path }, `rungs are measured anew, as the runtime now ${now}, otherwise than in ${path}`);
    },
  };
}

/** Twins whose model is there. Rungs that a person named stay: they are what was asked for; so do those that heads read. */
async function usableTwins(profile: Profile, plan: EnginePlan, { config, log }: Parts): Promise<Map<string, string>> {
  if (config.rungs !== undefined) return new Map();
  const modes = [config.mode, ...config.cameras.map(({ mode }) => mode ?? '')];
  const fixed = modes.flatMap((mode) => (mode.startsWith('fixed:') ? [mode.slice('fixed:'.length)] : []));
  const used = plan.rungs.map(({ id }) => id);
  const taken = [...used, ...(plan.premodel?.rungs.map(({ id }) => id) ?? [])];
  const twins = cheaperTwins(profile, plan.ladder.rungs, taken);
  for (const [id, twin] of [...twins]) {
    if (fixed.includes(id) || plan.taught.includes(id) || !used.includes(id)) twins.delete(id);
    else if (!(await isSound(plan.ladder, twin))) {
      twins.delete(id);
      log.warn({ rung: id, twin }, `${twin} would be cheaper than ${id}, but its model is not there or was changed`);
    }
  }
  return twins;
}

async function isSound({ rungs }: Ladder, id: string): Promise<boolean> {
  return await checkModels(rungs.filter((rung) => rung.id === id)).then(
    () => true,
    () => false,
  );
}

function costs({ rungs }: Profile, ...ids: string[]): string {
  return ids
    .map((id) => `${id} takes ${rungs.find((rung) => rung.id === id)?.service.meanMs.toFixed(1)} ms`)
    .join(', ');
}
