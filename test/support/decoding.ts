import { toCameraSource } from '../../src/config/camera.ts';
import { type CameraConfig, camera } from '../../src/config/schema.ts';
import { mayBeRecording } from '../../src/config/source.ts';
import { type Ffmpeg, findFfmpeg } from '../../src/decode/ffmpeg.ts';
import type { PictureParts } from '../../src/decode/parts.ts';
import { CameraDecoder } from '../../src/decode/source.ts';
import { redactUrls } from '../../src/secrets.ts';
import { SYSTEM_CLOCK } from '../../src/service/clock.ts';
import type { CameraState, Frame, WorkingSize } from '../../src/types.ts';
import { BUNDLED_FFMPEG } from './parts.ts';

export const SMALL: WorkingSize = { aspect: 'stretch', width: 128, height: 96 };

/** A decoder of a camera with what it said. */
export interface Recorded {
  readonly decoder: CameraDecoder;
  readonly states: { state: CameraState; reason: string }[];
  readonly notices: string[];
  /** Resolves when `found` holds of the states; rejects after a while. */
  until(found: (states: Recorded['states']) => boolean, timeoutMs?: number): Promise<void>;
}

export async function bundledFfmpeg(): Promise<Ffmpeg> {
  return { ...(await findFfmpeg(BUNDLED_FFMPEG)), bundled: true };
}

export async function systemFfmpeg(): Promise<Ffmpeg> {
  return await findFfmpeg('/usr/bin/ffmpeg');
}

export function record(
  ffmpeg: Ffmpeg,
  settings: Partial<CameraConfig> & { source: string },
  onFrame: (frame: Frame) => Promise<void> | undefined = (frame) => {
    frame.release();
    return undefined;
  },
  working = SMALL,
  streamsBefore = 0,
  pictures?: PictureParts,
): Recorded {
  const states: Recorded['states'] = [];
  const notices: string[] = [];
  let wake = () => {};
  const decoder = new CameraDecoder({
    camera: toCameraSource(
      camera.parse({ id: 'test', pace: mayBeRecording(settings.source) ? 'fast' : 'source', ...settings }),
    ),
    working,
    streamsBefore,
    ffmpeg,
    clock: SYSTEM_CLOCK,
    random: () => 0,
    onSkipped: () => {},
    onFrame,
    onState: (state, reason) => {
      states.push({ state, reason });
      wake();
    },
    onNotice: (text) => notices.push(text),
    quote: redactUrls,
    pictures,
  });
  const until: Recorded['until'] = (found, timeoutMs = 20_000) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not reached; states: ${JSON.stringify(states)}`)), timeoutMs);
      wake = () => {
        if (!found(states)) return;
        clearTimeout(timer);
        resolve();
      };
      wake();
    });
  return { decoder, states, notices, until };
}
