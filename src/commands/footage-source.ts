import { existsSync } from 'node:fs';
import { freeId, toCameraSource } from '../config/camera.ts';
import { CAMERA_ID, type CameraConfig, camera as cameraSchema } from '../config/schema.ts';
import { mayBeRecording, sourceProblem } from '../config/source.ts';
import type { RecordingOptions } from '../dataset/footage.ts';
import type { Ffmpeg } from '../decode/ffmpeg.ts';
import { filePath, sourceKind } from '../decode/kind.ts';
import { CameraDecoder } from '../decode/source.ts';
import { usageError } from '../errors.ts';
import { redactUrls } from '../secrets.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import { type Box, WHOLE_FRAME, type WorkingSize } from '../types.ts';

const SPEC = /^(?:([^=/?:.]+)=)?(.*)$/s;

/** Footage as it is asked for. */
export interface FootageSpec {
  readonly id: string;
  readonly source: string;
}

/**
 * Footage that is to have telling ids: without one it is named after its file.
 *
 * @throws WeirError `source-invalid`, `source-missing`
 */
export function parseFootages(texts: readonly string[]): FootageSpec[] {
  const given = texts.flatMap((text) => SPEC.exec(text)?.[1] ?? []);
  const specs: FootageSpec[] = [];
  for (const [index, text] of texts.entries()) {
    const spec = parseFootage(text, index);
    const isNamed = SPEC.exec(text)?.[1] !== undefined;
    const taken = [...given, ...specs.map(({ id }) => id)];
    specs.push(isNamed ? spec : { ...spec, id: freeId(spec.source, taken) });
  }
  return specs;
}

/**
 * `ID=URL` or `URL`.
 *
 * @throws WeirError `source-invalid`, `source-missing`
 */
export function parseFootage(text: string, index: number): FootageSpec {
  const [, given, source = ''] = SPEC.exec(text) ?? [];
  const id = given ?? `footage-${index + 1}`;
  const problem = CAMERA_ID.test(id) ? sourceProblem(source) : 'its id must be of a-z, 0-9, "-" and "_"';
  if (problem !== null) throw usageError('source-invalid', `--footage ${id}: ${problem}`, 'give a file or a URL');
  if (sourceKind(source) === 'file' && !existsSync(filePath(source))) {
    const remedy = 'check the path; a network source begins with rtsp://, rtsps://, http:// or https://';
    throw usageError('source-missing', `--footage ${id}: there is no file ${redactUrls(source)}`, remedy);
  }
  return { id, source };
}

/** Decodes a source at a rate and a working size, as the daemon does; a recording as fast as it is read. */
export function footageOpener(
  source: string,
  fps: CameraConfig['fps'],
  working: WorkingSize,
  ffmpeg: Ffmpeg,
  region: Box = WHOLE_FRAME,
): RecordingOptions['open'] {
  const pace = mayBeRecording(source) ? 'fast' : 'source';
  const camera = toCameraSource(cameraSchema.parse({ id: 'footage', source, fps, pace, region }));
  return (callbacks) =>
    new CameraDecoder({
      camera,
      working,
      ffmpeg,
      clock: SYSTEM_CLOCK,
      random: Math.random,
      onNotice: () => {},
      onSkipped: () => {},
      quote: redactUrls,
      ...callbacks,
    });
}
