import { createRequire } from 'node:module';
import * as ort from 'onnxruntime-node';
import { messageOf, usageError, WeirError } from '../errors.ts';

export type { InferenceSession, Tensor } from 'onnxruntime-node';

/** How sessions are made; part of the configuration. */
export interface SessionSettings {
  /** In order of preference, e.g. `['tensorrt', 'cuda', 'cpu']`. */
  readonly executionProviders: readonly string[];
  /** Use the next provider in the list, and the CPU at last, when one is missing; else its absence is an error. */
  readonly allowFallback: boolean;
  readonly threadsPerSlot: number;
}

export interface CreatedSession {
  readonly session: ort.InferenceSession;
  /** What could not be used, and why; empty when all is as configured. */
  readonly notices: readonly string[];
}

/** Names of the execution providers that the installed runtime was built with. */
export function availableProviders(): string[] {
  return ort.listSupportedBackends().map((backend) => backend.name);
}

export function runtimeVersion(): string {
  const manifest = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  return manifest.version;
}

/**
 * Loads a model. A session computes on the thread that calls `run`: create it where it is to be used.
 *
 * @throws WeirError `provider-missing`, `model-unreadable`
 */
export async function createSession(path: string, settings: SessionSettings): Promise<CreatedSession> {
  const { providers, notices } = chooseProviders(settings);
  try {
    return { session: await ort.InferenceSession.create(path, sessionOptions(providers, settings)), notices };
  } catch (cause) {
    const why = messageOf(cause).split('\n')[0] ?? '';
    if (settings.allowFallback && providers.some((name) => name !== 'cpu')) {
      const fallback = await createSession(path, { ...settings, executionProviders: ['cpu'] });
      return {
        ...fallback,
        notices: [...notices, `${providers.join(', ')} cannot run ${path} (${why}); using the CPU`],
      };
    }
    throw new WeirError('model-unreadable', `${path} cannot be loaded by ONNX Runtime: ${why}`, {
      remedy: 'check that the file is an ONNX model that this runtime and its execution provider support',
      exitCode: 2,
      cause,
    });
  }
}

/** A tensor over the caller's buffer, which is read at every run: fill it, run, fill it again. */
export function inputTensor(dtype: 'uint8' | 'float32', data: Uint8Array | Float32Array, dims: number[]): ort.Tensor {
  return new ort.Tensor(dtype, data, dims);
}

function chooseProviders(settings: SessionSettings): { providers: string[]; notices: string[] } {
  const available = availableProviders();
  const missing = settings.executionProviders.filter((name) => !available.includes(name));
  if (missing.length > 0 && !settings.allowFallback) {
    throw usageError(
      'provider-missing',
      `the installed ONNX Runtime has no execution provider ${missing.join(', ')} (it has ${available.join(', ')})`,
      'set `inference.executionProviders` to one of those, or `inference.allowFallback: true`',
    );
  }
  const usable = settings.executionProviders.filter((name) => available.includes(name));
  const providers = usable.length > 0 ? usable : ['cpu'];
  const notices = missing.map((name) => `no execution provider ${name} in this ONNX Runtime; using ${providers[0]}`);
  return { providers, notices };
}

function sessionOptions(providers: readonly string[], settings: SessionSettings): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: [...providers] as ort.InferenceSession.ExecutionProviderConfig[],
    intraOpNumThreads: settings.threadsPerSlot,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    // Idle threads sleep in place of spinning: a camera at 5 fps leaves them idle most of the time.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}
