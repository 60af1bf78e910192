import './telemetry-off.ts';
import { readFileSync } from 'node:fs';
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

/** Names of the execution providers that the installed runtime knows; those besides the CPU may lack their libraries. */
export function knownProviders(): string[] {
  return ort.listSupportedBackends().map((backend) => backend.name);
}

export function runtimeVersion(): string {
  const manifest = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  return manifest.version;
}

/**
 * Loads a model with the first execution provider that can run it. A session computes on the thread that calls `run`:
 * create it where it is to be used.
 *
 * @throws WeirError `provider-missing`, `model-unreadable`
 */
export async function createSession(path: string, settings: SessionSettings): Promise<CreatedSession> {
  const notices: string[] = [];
  const providers = settings.executionProviders.filter((name) => name !== 'cpu');
  for (const name of providers) {
    try {
      return { session: await ort.InferenceSession.create(path, sessionOptions(name, settings)), notices };
    } catch (cause) {
      const why = `the execution provider ${name} cannot be used: ${firstLine(cause)}`;
      if (!settings.allowFallback) {
        throw usageError(
          'provider-missing',
          `${why} (this ONNX Runtime knows ${knownProviders().join(', ')})`,
          'install its libraries, set `inference.executionProviders` to another, or `inference.allowFallback: true`',
          cause,
        );
      }
      notices.push(why);
    }
  }
  try {
    return { session: await ort.InferenceSession.create(path, sessionOptions('cpu', settings)), notices };
  } catch (cause) {
    throw new WeirError('model-unreadable', `${path} cannot be loaded by ONNX Runtime: ${firstLine(cause)}`, {
      remedy: 'check that the file is an ONNX model that this runtime supports',
      exitCode: 2,
      cause,
    });
  }
}

const OVERFLOWS_IN_INT8 = process.arch === 'x64' && !/\bavx(?:512)?_vnni\b/.test(cpuFlags());

function cpuFlags(): string {
  try {
    return /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}

/** A tensor over the caller's buffer, which is read at every run: fill it, run, fill it again. */
export function inputTensor(dtype: 'uint8' | 'float32', data: Uint8Array | Float32Array, dims: number[]): ort.Tensor {
  return new ort.Tensor(dtype, data, dims);
}

function sessionOptions(provider: string, settings: SessionSettings): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: [provider] as ort.InferenceSession.ExecutionProviderConfig[],
    intraOpNumThreads: settings.threadsPerSlot,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
    extra: {
      session: {
        // Idle threads sleep in place of spinning: a camera at 5 fps leaves them idle most of the time.
        intra_op: { allow_spinning: '0' },
        // x86 processors without VNNI overflow in int8 products; this slower way keeps the answers the same there. (With
        // VNNI it would triple the time for nothing.)
        x64quantprecision: OVERFLOWS_IN_INT8 ? '1' : '0',
      },
    },
  };
}

function firstLine(cause: unknown): string {
  return messageOf(cause).split('\n')[0] ?? '';
}
