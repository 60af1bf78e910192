import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import { runtimeVersion, type SessionSettings } from '../infer/runtime.ts';
import type { Circumstances } from '../profile/artifact.ts';
import type { ClockState, DeviceMonitor } from '../types.ts';

/** What a rung's times depend on, as one text: times of other circumstances are not these. */
export function circumstancesOf({ executionProviders, threadsPerSlot }: SessionSettings): string {
  const processor = cpus()[0]?.model.trim() ?? process.arch;
  const threads = `${threadsPerSlot} thread${threadsPerSlot === 1 ? '' : 's'}`;
  return `${processor}, ${threads}, ONNX Runtime ${runtimeVersion()}, ${executionProviders.join(' or ')}`;
}

/** The same in full, for a profile; the runtime's notices are known only when its models are loaded. */
export function profileCircumstances(
  { name, reading }: Pick<DeviceMonitor, 'name' | 'reading'>,
  { executionProviders, threadsPerSlot }: SessionSettings,
  slots: number,
  { state, source }: ClockState = reading.clock,
): Circumstances {
  const { version } = createRequire(import.meta.url)('#package') as { version: string };
  return {
    device: name,
    powerMode: reading.powerMode,
    clock: { state, source },
    governors: [...reading.governors],
    cpus: reading.cpus.map(({ cpu, minMHz, maxMHz }) => ({ cpu, minMHz, maxMHz })),
    slots,
    threadsPerSlot,
    executionProviders: [...executionProviders],
    runtimeNotices: [],
    versions: { weir: version, node: process.versions.node, onnxruntime: runtimeVersion() },
  };
}

/** How many inference slots a setting means on this machine. */
export function slotCount(slots: number | 'auto'): number {
  return slots === 'auto' ? availableParallelism() : slots;
}
