import { existsSync } from 'node:fs';
import { camerasFromSources } from '../config/camera.ts';
import { loadConfig } from '../config/load.ts';
import type { CameraConfig, Config } from '../config/schema.ts';
import { mayBeRecording } from '../config/source.ts';
import { filePath, sourceKind } from '../decode/kind.ts';
import { usageError } from '../errors.ts';
import type { Redactor } from '../secrets.ts';
import type { LogLevel } from '../service/log.ts';

/** Of a URL whose scheme was forgotten: `user:password@host`. */
const BARE_USER_INFO = /^[^/@]*:[^/@]*@/;

export interface RunOptions {
  readonly config?: string;
  readonly source?: readonly string[];
  readonly loop?: boolean;
  readonly pace?: 'source' | 'fast';
  readonly fps?: CameraConfig['fps'];
  readonly mode?: string;
  readonly operatingPoint?: string;
  readonly premodel?: string;
  readonly profile?: string;
  readonly budget?: CameraConfig['budgetMs'];
  readonly host?: string;
  readonly port?: number;
  readonly ladder?: string;
  readonly rungs?: readonly string[];
  readonly print?: boolean;
  readonly stateDir?: string;
  readonly logLevel?: LogLevel;
}

/**
 * The configuration file with the command line's options over it.
 *
 * @throws WeirError of the configuration; `source-missing`, `source-invalid`, `source-duplicate`
 */
export async function configure(options: RunOptions, redactor: Redactor): Promise<Config> {
  const file = await loadConfig({ path: options.config ?? null, env: process.env, redactor });
  const overrides = {
    ...(options.fps === undefined ? {} : { fps: options.fps }),
    ...(options.budget === undefined ? {} : { budgetMs: options.budget }),
    ...(options.mode === undefined ? {} : { mode: options.mode }),
    ...(options.operatingPoint === undefined ? {} : { operatingPoint: options.operatingPoint }),
  };
  const sources = camerasFromSources(options.source ?? [], redactor);
  for (const { id, source } of sources) {
    if (sourceKind(source) !== 'file' || existsSync(filePath(source))) continue;
    throw usageError(
      'source-missing',
      `--source ${id}: there is no file ${source.replace(BARE_USER_INFO, '***@')}`,
      'check the path; a network source begins with rtsp://, rtsps://, http:// or https://',
    );
  }
  const clash = sources.find(({ id }) => file.cameras.some((camera) => camera.id === id));
  if (clash !== undefined) {
    throw usageError(
      'source-duplicate',
      `--source: the configuration has a camera "${clash.id}" already`,
      'choose another id',
    );
  }
  return {
    ...file,
    ...(options.mode === undefined ? {} : { mode: options.mode }),
    ...(options.operatingPoint === undefined ? {} : { operatingPoint: options.operatingPoint }),
    ...(options.ladder === undefined ? {} : { ladder: options.ladder }),
    ...(options.premodel === undefined ? {} : { premodel: options.premodel }),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.rungs === undefined ? {} : { rungs: [...options.rungs] }),
    cameras: [...file.cameras, ...sources].map((camera) => ({
      ...camera,
      ...overrides,
      loop: options.loop && mayBeRecording(camera.source) ? true : camera.loop,
      pace: options.pace !== undefined && mayBeRecording(camera.source) ? options.pace : camera.pace,
    })),
    server: { ...file.server, host: options.host ?? file.server.host, port: options.port ?? file.server.port },
    log: { ...file.log, level: options.logLevel ?? file.log.level },
  };
}
