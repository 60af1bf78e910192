import type { CameraSource, CameraState, Clock, Frame, WorkingSize } from '../types.ts';
import type { PictureWish } from './arguments.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import type { CameraPicture } from './picture-reader.ts';

/** Pictures that somebody wants of a camera, and who. */
export interface PictureParts extends PictureWish {
  /** Told when its frame is handed out, or a moment after. */
  readonly onPicture: (picture: CameraPicture) => void;
  readonly onDropped: () => void;
}

/** What a `CameraDecoder` is built from. */
export interface DecoderParts {
  readonly camera: CameraSource;
  readonly working: WorkingSize;
  readonly ffmpeg: Ffmpeg;
  readonly clock: Clock;
  /** Numbers in [0, 1), for the jitter of the back-off. */
  readonly random: () => number;
  /** Takes a frame and must release it. While a promise is pending, decoding waits. */
  readonly onFrame: (frame: Frame) => Promise<void> | undefined;
  /** A frame was left out because the consumer held all buffers. */
  readonly onSkipped: () => void;
  readonly onState: (state: CameraState, reason: string) => void;
  /** Streams of this camera before this decoder; its own go on from there. */
  readonly streamsBefore?: number;
  /** Removes credentials from what others say, before it is told. */
  readonly quote: (text: string) => string;
  /** Something that the operator should know but that changes no state. */
  readonly onNotice: (text: string) => void;
  /** Left out: no pictures are made. */
  readonly pictures?: PictureParts | undefined;
}
