import type { Circumstances, Profile, ProfiledRung } from '../../src/profile/artifact.ts';
import type { Ladder } from '../../src/types.ts';

export const CIRCUMSTANCES: Circumstances = {
  device: 'NVIDIA Jetson TX2',
  powerMode: 'MAXN',
  clock: { state: 'pinned', source: 'jetson' },
  governors: ['schedutil'],
  cpus: [{ cpu: 0, minMHz: 2035.2, maxMHz: 2035.2 }],
  slots: 2,
  threadsPerSlot: 1,
  executionProviders: ['cpu'],
  runtimeNotices: [],
  versions: { weir: '0.1.0', node: '20.9.0', onnxruntime: '1.30.0' },
};

/** Figures of a stage around a mean, its interval so much to either side. */
export function plantedStage(meanMs: number, half = meanMs * 0.02): ProfiledRung['service'] {
  return {
    n: 100,
    meanMs,
    ci: [meanMs - half, meanMs + half],
    p50Ms: meanMs,
    p95Ms: meanMs * 1.5,
    p99Ms: meanMs * 2,
  };
}

/** A profile of a whole ladder that was never measured: `meanMs` tells what each rung takes. */
export function plantedProfile(
  ladder: Pick<Ladder, 'name' | 'fingerprint' | 'rungs'>,
  meanMs: (id: string) => number,
  circumstances: Circumstances = CIRCUMSTANCES,
): Profile {
  return {
    schema: 'weir.profile/1',
    ladder: { name: ladder.name, fingerprint: ladder.fingerprint },
    measuredAtMs: 1_700_000_000_000,
    circumstances,
    seen: {
      reasons: [],
      states: [{ atSeconds: 0, state: circumstances.clock.state, reasons: [] }],
      temperatureCelsius: [40, 52.5],
      currentMHz: null,
      throttled: null,
    },
    run: { rounds: 50, discardedRounds: 3, seconds: 60, ended: 'known', unsettled: [], drift: null },
    rungs: ladder.rungs.map(({ id, sha256 }) => ({
      id,
      sha256,
      prepare: plantedStage(0.1),
      run: plantedStage(meanMs(id) * 0.9),
      service: plantedStage(meanMs(id)),
      drift: { change: 0.01, pValue: 0.4, isDrift: false },
    })),
  };
}
