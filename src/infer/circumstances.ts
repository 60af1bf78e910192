import { cpus } from 'node:os';
import { runtimeVersion, type SessionSettings } from './runtime.ts';

/** What a rung's times depend on, as one text: times of other circumstances are not these. */
export function circumstancesOf({ executionProviders, threadsPerSlot }: SessionSettings): string {
  const processor = cpus()[0]?.model.trim() ?? process.arch;
  const threads = `${threadsPerSlot} thread${threadsPerSlot === 1 ? '' : 's'}`;
  return `${processor}, ${threads}, ONNX Runtime ${runtimeVersion()}, ${executionProviders.join(' or ')}`;
}
