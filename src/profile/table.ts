import { notPinnedWarning } from '../terminal/clocks.ts';
import { alignedRows } from '../terminal/table.ts';
import { percent } from '../words.ts';
import type { Profile, ProfiledRung } from './artifact.ts';
import type { Drift } from './drift.ts';
import { precisionOf, WANTED_PRECISION } from './statistics.ts';

/** A profile as a table for a terminal, with what a reader must know of it. */
export function profileTable(profile: Profile): string[] {
  const { circumstances, ladder, rungs } = profile;
  const { clock, device, powerMode, slots, threadsPerSlot, versions } = circumstances;
  const mode = powerMode === null ? '' : `, ${powerMode}`;
  return [
    ...(clock.state === 'pinned' ? [] : [notPinnedWarning(clock.state)]),
    `${ladder.name} on ${device}${mode}: slots at once: ${slots}, threads per slot: ${threadsPerSlot}, ONNX Runtime ${versions.onnxruntime}`,
    ...seenLines(profile),
    '',
    ...alignedRows(
      [
        ['rung', 'n', 'mean ms', '±', 'p50', 'p95', 'p99', 'prepare', 'run', 'mJ', 'drift'],
        ...rungs.map((rung) => row(rung, profile.run.unsettled.includes(rung.id))),
      ],
      (column) => column === 0,
    ),
    '',
    ...verdicts(profile),
  ];
}

function row({ id, service, prepare, run, energyMillijoules, drift }: ProfiledRung, isUnsettled: boolean): string[] {
  return [
    id,
    String(service.n),
    ...[service.meanMs.toFixed(2), `${isUnsettled ? '* ' : ''}${percent(precisionOf(service.meanMs, service.ci))}`],
    ...[service.p50Ms, service.p95Ms, service.p99Ms, prepare.meanMs, run.meanMs].map((ms) => ms.toFixed(2)),
    energyMillijoules?.toFixed(1) ?? '–',
    drift?.isDrift ? signed(drift.change) : '–',
  ];
}

function seenLines({ seen, circumstances }: Profile): string[] {
  const later = seen.states.slice(1).map(({ atSeconds, state }) => `${state} at ${atSeconds} s`);
  return [
    `clocks: ${circumstances.clock.state}${seen.reasons.length === 0 ? '' : `: ${seen.reasons.join('; ')}`}`,
    ...(later.length === 0 ? [] : [`they changed meanwhile: ${later.join(', ')}`]),
    ...(seen.temperatureCelsius === null ? [] : [`temperature: ${seen.temperatureCelsius.join(' to ')} °C`]),
    ...((seen.throttled ?? 0) > 0 ? [`slowed down by heat ${seen.throttled} times meanwhile`] : []),
  ];
}

function verdicts({ run, rungs }: Profile): string[] {
  const wanted = percent(WANTED_PRECISION);
  const limit = run.ended === 'time' ? 'the time was up' : 'there were rounds enough';
  const reached =
    run.unsettled.length === 0
      ? `every mean is known to ±${wanted} (95 %)`
      : `${limit} before the means of ${run.unsettled.length} of ${rungs.length} rungs (*) were known to ±${wanted} (95 %)`;
  return [
    `${run.rounds} rounds in ${run.seconds.toFixed(0)} s: ${reached}`,
    overall(run.drift, rungs.filter(({ drift }) => drift?.isDrift).length, rungs.length),
  ];
}

function overall(drift: Drift | null, drifted: number, rungs: number): string {
  if (drift === null) return 'drift: too few rounds to tell';
  if (!drift.isDrift && drifted === 0) return 'no drift between the first and the last third';
  const machine = drift.isDrift
    ? `the machine drifted: the last third took ${signed(drift.change)} against the first`
    : 'no drift of the machine as a whole';
  return `${machine}; drift of ${drifted} of ${rungs} rungs; measure again when nothing else runs`;
}

function signed(change: number): string {
  return `${change < 0 ? '−' : '+'}${percent(Math.abs(change))}`;
}
