import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { runtimeVersion, type SessionSettings } from '../infer/runtime.ts';
import type { Circumstances } from '../profile/artifact.ts';
import type { ClockState, DeviceMonitor } from '../types.ts';

/** What the times of a profile depend on; the runtime's notices are known only when its models are loaded. */
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
