import { twinKey } from '../infer/ladder.ts';
import type { RungTiming } from '../infer/warmup.ts';
import type { Rung } from '../types.ts';
import type { Profile, ProfiledRung } from './artifact.ts';
import { LEAST_RUNS } from './measure.ts';

/** On many slots few rounds are many runs, but all of one moment. */
const TRUSTED_ROUNDS = 10;

/** The times that the daemon decides by, of one rung of a profile. */
export function timingOf({ id, service, run }: ProfiledRung): RungTiming {
  return { rung: id, p50Ms: service.p50Ms, p95Ms: service.p95Ms, runP50Ms: run.p50Ms };
}

/** Why the times of these rungs cannot be taken from a profile, in words; none where they can. */
export function flaws(profile: Profile, rungs: readonly Pick<Rung, 'id'>[]): string[] {
  const found = rungs.map(({ id }) => ({ id, profiled: profile.rungs.find((rung) => rung.id === id) }));
  const missing = found.filter(({ profiled }) => profiled === undefined).map(({ id }) => id);
  const few = found.filter(({ profiled }) => profiled !== undefined && profiled.service.n < LEAST_RUNS);
  const drifted = found.filter(({ profiled }) => profiled?.drift?.isDrift === true);
  return [
    ...(missing.length === 0 ? [] : [`it has no ${missing.join(', ')}`]),
    ...(profile.run.rounds < TRUSTED_ROUNDS ? [`it is of ${profile.run.rounds} rounds only`] : []),
    ...(few.length === 0 ? [] : [`too few runs of ${few.map(({ id }) => id).join(', ')}`]),
    ...(profile.run.drift?.isDrift ? ['the machine drifted while it was measured'] : []),
    ...(drifted.length === 0 || profile.run.drift?.isDrift
      ? []
      : [`drift of ${drifted.map(({ id }) => id).join(', ')}`]),
  ];
}

/**
 * For each rung that has a precision twin which is certainly cheaper (their intervals do not meet), the cheapest such twin. A twin
 * that is among the rungs already is left alone.
 */
export function cheaperTwins(profile: Profile, all: readonly Rung[], ids: readonly string[]): Map<string, string> {
  const profiled = new Map(profile.rungs.map((rung) => [rung.id, rung]));
  const swaps = new Map<string, string>();
  for (const id of ids) {
    const rung = all.find((other) => other.id === id);
    const own = profiled.get(id);
    if (rung === undefined || own === undefined) continue;
    const best = all
      .filter((other) => other.id !== id && twinKey(other) === twinKey(rung) && !ids.includes(other.id))
      .flatMap((other) => profiled.get(other.id) ?? [])
      .filter(({ service, drift }) => service.n >= LEAST_RUNS && !drift?.isDrift && service.ci[1] < own.service.ci[0])
      .sort((a, b) => a.service.meanMs - b.service.meanMs)[0];
    if (best !== undefined) swaps.set(id, best.id);
  }
  return swaps;
}
