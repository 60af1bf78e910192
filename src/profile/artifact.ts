import { z } from 'zod';
import { readArtifact } from '../artifact/read.ts';
import { usageError, WeirError } from '../errors.ts';
import type { Ladder } from '../types.ts';

/** A profile's name in the state directory, where `run` looks for it. */
export const PROFILE_FILE = 'profile.json';

const finite = z.number().finite();
const time = finite.nonnegative();
const range = z.tuple([finite, finite]).refine(([low, high]) => low <= high, 'must not end below its beginning');

const stage = z
  .strictObject({ n: z.int().positive(), meanMs: time, ci: range, p50Ms: time, p95Ms: time, p99Ms: time })
  .refine(({ p50Ms, p95Ms, p99Ms }) => p50Ms <= p95Ms && p95Ms <= p99Ms, 'percentiles must grow');

const drift = z
  .strictObject({ change: finite, pValue: finite.min(0).max(1), isDrift: z.boolean() })
  /** `null`: too few rounds to tell. */
  .nullable();

const clockState = z.enum(['pinned', 'floating', 'throttled', 'mixed', 'unreadable']);

/** All that a rung's times depend on: times of other circumstances are not these. */
const circumstances = z.strictObject({
  device: z.string(),
  powerMode: z.string().nullable(),
  clock: z.strictObject({ state: clockState, source: z.enum(['jetson', 'linux', 'none']) }),
  governors: z.array(z.string()),
  /** Limits of the online processors' clocks; none where they cannot be read. */
  cpus: z.array(z.strictObject({ cpu: z.int().nonnegative(), minMHz: finite, maxMHz: finite })),
  slots: z.int().positive(),
  threadsPerSlot: z.int().positive(),
  executionProviders: z.array(z.string()).min(1),
  /** What the runtime could not use as asked, in its words. */
  runtimeNotices: z.array(z.string()),
  versions: z.strictObject({ weir: z.string(), node: z.string(), onnxruntime: z.string() }),
});

/** What was read of the machine while it was measured. */
const seen = z.strictObject({
  /** Reasons of the state of the clocks at the beginning. */
  reasons: z.array(z.string()),
  /** States of the clocks as they came, the first at 0 s. */
  states: z.array(z.strictObject({ atSeconds: time, state: clockState, reasons: z.array(z.string()) })).min(1),
  temperatureCelsius: range.nullable(),
  /** Lowest and highest clock of any processor. */
  currentMHz: range.nullable(),
  /** Times that heat slowed the processors down meanwhile. */
  throttled: z.int().nullable(),
});

/** `weir.profile/1` */
export const profileFile = z.strictObject({
  schema: z.literal('weir.profile/1'),
  ladder: z.strictObject({ name: z.string(), fingerprint: z.string() }),
  measuredAtMs: time,
  circumstances,
  seen,
  run: z.strictObject({
    rounds: z.int().positive(),
    discardedRounds: z.int().nonnegative(),
    seconds: time,
    /** `known`: every mean is known well enough; `time`, `rounds`: a limit came first. */
    ended: z.enum(['known', 'time', 'rounds']),
    /** Rungs whose mean is not known well enough. */
    unsettled: z.array(z.string()),
    /** Of the machine as a whole. */
    drift,
  }),
  rungs: z
    .array(
      z.strictObject({
        id: z.string(),
        sha256: z.string(),
        /** Resizing and packing of the input. */
        prepare: stage,
        /** `session.run` alone. */
        run: stage,
        /** From leaving the queue to the answer. */
        service: stage,
        /** Of the whole machine per run, where it counts its energy. */
        energyMillijoules: time.optional(),
        drift,
      }),
    )
    .min(1),
});

export type Profile = z.infer<typeof profileFile>;
export type Circumstances = Profile['circumstances'];
export type Seen = Profile['seen'];
export type ProfiledRung = Profile['rungs'][number];

/**
 * Reads a profile and checks that it belongs to the ladder.
 *
 * @throws WeirError `profile-missing`, `profile-unreadable`, `profile-invalid`, `profile-other-ladder`
 */
export async function readProfile(path: string, ladder: Ladder): Promise<Profile> {
  const profile = await readArtifact(path, { what: 'profile', schema: profileFile }).catch((error: unknown) => {
    if (!(error instanceof WeirError)) throw error;
    throw usageError(error.code, error.message, `measure one: \`weir profile --out ${path}\``, error);
  });
  if (profile.ladder.fingerprint !== ladder.fingerprint) {
    throw usageError(
      'profile-other-ladder',
      `${path} is of another ladder: ${profile.ladder.name} ${profile.ladder.fingerprint.slice(0, 12)}…, this one is ${ladder.name} ${ladder.fingerprint.slice(0, 12)}…`,
      'measure this ladder with `weir profile`, or name the ladder that it belongs to',
    );
  }
  const problem = inconsistency(profile, ladder);
  if (problem === null) return profile;
  throw usageError('profile-invalid', `profile file ${path}: ${problem}`, 'measure anew with `weir profile`');
}

/** The text of a profile's file: a line per rung, so that people can read and compare it. */
export function profileText(profile: Profile): string {
  const { rungs, ...rest } = profile;
  const head = JSON.stringify(rest, null, 2).replace(/\n\}$/, '');
  return `${head},\n  "rungs": [\n${rungs.map((rung) => `    ${JSON.stringify(rung)}`).join(',\n')}\n  ]\n}\n`;
}

function inconsistency({ rungs, run }: Profile, ladder: Ladder): string | null {
  const ids = rungs.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) return `rungs: "${twice}" stands there twice`;
  const unknown = ids.find((id) => !ladder.rungs.some((rung) => rung.id === id));
  if (unknown !== undefined) return `rungs: the ladder ${ladder.name} has no rung "${unknown}"`;
  const changed = rungs.find(({ id, sha256 }) => ladder.rungs.find((rung) => rung.id === id)?.sha256 !== sha256);
  if (changed !== undefined) return `rungs: "${changed.id}" was measured with another model than the ladder's`;
  const stranger = run.unsettled.find((id) => !ids.includes(id));
  return stranger === undefined ? null : `run.unsettled: "${stranger}" was not measured`;
}
