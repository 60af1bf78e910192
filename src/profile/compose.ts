import type { Ladder, Rung } from '../types.ts';
import type { Circumstances, Profile, Seen } from './artifact.ts';
import { type Drift, drifts } from './drift.ts';
import { LEAST_ROUNDS, LEAST_RUNS, type Measured } from './measure.ts';
import { isKnown, type StageFigures, stageFigures } from './statistics.ts';

/** What a profile is made of. */
export interface ProfileParts {
  readonly ladder: Pick<Ladder, 'name' | 'fingerprint'>;
  /** In the order in which they were measured. */
  readonly rungs: readonly Pick<Rung, 'id' | 'sha256'>[];
  readonly measured: Measured;
  readonly circumstances: Circumstances;
  readonly seen: Seen;
  readonly measuredAtMs: number;
  /** By rung; `null` where it is not known. */
  readonly energyMillijoules: readonly (number | null)[];
}

/** Sums up what was measured. At least one round is needed. */
export function composeProfile(parts: ProfileParts): Profile {
  const { measured } = parts;
  const { byRung, overall } = drifts(measured.times.map(({ serviceMs }) => serviceMs));
  const rungs = parts.rungs.map(({ id, sha256 }, index): Profile['rungs'][number] => {
    const times = measured.times[index] ?? { prepareMs: [], runMs: [], serviceMs: [] };
    const energy = parts.energyMillijoules[index] ?? null;
    return {
      id,
      sha256,
      prepare: rounded(stageFigures(times.prepareMs)),
      run: rounded(stageFigures(times.runMs)),
      service: rounded(stageFigures(times.serviceMs)),
      ...(energy === null ? {} : { energyMillijoules: round(energy) }),
      drift: roundedDrift(byRung[index] ?? null),
    };
  });
  const isSettled = ({ n, meanMs, ci }: Profile['rungs'][number]['service']) =>
    measured.rounds >= LEAST_ROUNDS && n >= LEAST_RUNS && isKnown(meanMs, ci);
  return {
    schema: 'weir.profile/1',
    ladder: { name: parts.ladder.name, fingerprint: parts.ladder.fingerprint },
    measuredAtMs: parts.measuredAtMs,
    circumstances: parts.circumstances,
    seen: parts.seen,
    run: {
      rounds: measured.rounds,
      discardedRounds: measured.discardedRounds,
      seconds: round(measured.seconds),
      ended: measured.ended,
      unsettled:
        measured.ended === 'known' ? [] : rungs.filter(({ service }) => !isSettled(service)).map(({ id }) => id),
      drift: roundedDrift(overall),
    },
    rungs,
  };
}

function rounded({ n, meanMs, ci, p50Ms, p95Ms, p99Ms }: StageFigures): Profile['rungs'][number]['service'] {
  return {
    n,
    meanMs: round(meanMs),
    ci: [round(ci[0]), round(ci[1])],
    p50Ms: round(p50Ms),
    p95Ms: round(p95Ms),
    p99Ms: round(p99Ms),
  };
}

function roundedDrift(drift: Drift | null): Drift | null {
  return drift === null ? null : { ...drift, change: round(drift.change), pValue: Number(drift.pValue.toPrecision(3)) };
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
