import { usageError } from '../errors.ts';
import { type Redactor, secretsOf } from '../secrets.ts';
import type { CameraSource } from '../types.ts';
import { transportOf } from './camera-tls.ts';
import { lookedAt } from './regions.ts';
import { CAMERA_ID, type CameraConfig, camera } from './schema.ts';
import { sourceProblem } from './source.ts';

/** A camera's entry as the decoder wants it. */
export function toCameraSource(config: CameraConfig): CameraSource {
  return {
    ...config,
    region: lookedAt(config),
    fps: config.fps === 'all' ? null : config.fps,
    decoder: config.decoder ?? null,
    transport: transportOf(config),
    tls: { verify: config.tls.verify, caFile: config.tls.caFile ?? null },
    v4l2: { format: config.v4l2.format ?? null, size: config.v4l2.size ?? null, rateHz: config.v4l2.rateHz ?? null },
  };
}

/** `none` is no limit. */
export function toBudgetMs(value: number | 'none'): number | null {
  return value === 'none' ? null : value;
}

/**
 * Cameras from `--source [ID=]URL` arguments; their secrets are registered. Without an id a camera is named after its file, or `camera`, `camera-2` …
 *
 * @throws WeirError `source-invalid`, `source-duplicate`
 */
export function camerasFromSources(sources: readonly string[], redactor: Redactor): CameraConfig[] {
  const cameras: CameraConfig[] = [];
  for (const text of sources) {
    const [, given, source = ''] = /^(?:([^=/?:.]+)=)?(.*)$/s.exec(text) ?? [];
    if (given !== undefined && !CAMERA_ID.test(given)) {
      throw usageError(
        'source-invalid',
        `--source: "${given}" is not a camera id`,
        'use a-z, 0-9, "-" and "_", at most 63, beginning with a letter or digit: --source gate=rtsp://…',
      );
    }
    if (source === '')
      throw usageError('source-invalid', '--source is empty', 'give a file or URL: --source gate=rtsp://…');
    const taken = cameras.map(({ id }) => id);
    if (given !== undefined && taken.includes(given)) {
      throw usageError('source-duplicate', `--source: the id "${given}" is given twice`, 'give each source its own id');
    }
    const problem = sourceProblem(source);
    if (problem !== null) {
      throw usageError('source-invalid', `--source: ${problem}`, 'give a path or a URL: --source gate=rtsp://…');
    }
    for (const secret of secretsOf(source)) redactor.register(secret);
    cameras.push(camera.parse({ id: given ?? freeId(source, taken), source }));
  }
  return cameras;
}

/** An id after a source's file that no other has yet; of what is no file `camera`, `camera-2` … */
export function freeId(source: string, taken: readonly string[]): string {
  const file = /^[a-z]+:\/\//i.test(source) ? '' : (source.split('/').at(-1) ?? '').replace(/\.[^.]*$/, '');
  const stem =
    file
      .toLowerCase()
      .replace(/[^a-z0-9_-]+/g, '-')
      .replace(/^[^a-z0-9]+/, '')
      .slice(0, 50) || 'camera';
  for (let n = 1; ; n++) {
    const id = n === 1 ? stem : `${stem}-${n}`;
    if (!taken.includes(id)) return id;
  }
}
