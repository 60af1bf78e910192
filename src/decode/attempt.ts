import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, WeirError } from '../errors.ts';
import { secretsOf } from '../secrets.ts';
import type { Frame } from '../types.ts';
import { type OpenedAddress, openAddress } from './address.ts';
import { ffmpegArguments, inputFormat, sourceSize } from './arguments.ts';
import { type Cause, causeOfExit, explained } from './exit-cause.ts';
import { type FramedPicture, Framer } from './framer.ts';
import { JumpCounter } from './jumps.ts';
import { needsPacing, type SourceKind } from './kind.ts';
import { Pacer } from './pacer.ts';
import type { DecoderParts } from './parts.ts';
import { PictureReader } from './picture-reader.ts';
import { type DecodeProcess, startFfmpeg } from './process.ts';

/** How one opening of a source came to its end. */
export interface AttemptEnd extends Cause {
  readonly frames: number;
  /** From the first frame to the end. */
  readonly liveMs: number;
  /** The source is over at its end: a file. */
  readonly endsByNature: boolean;
}

/** JPEG after JPEG, as cameras send it over HTTP. */
const PICTURE_FORMATS = /^(mpjpeg|mjpeg|jpeg_pipe|image2\w*)$/;

interface AttemptParts extends DecoderParts {
  readonly kind: SourceKind;
  /** A new stream number, taken when the first frame arrives or when the source's times jump back. */
  readonly nextStream: () => number;
  /** Told what is to come within how long; `null` while a frame is held back by whoever took it. */
  readonly expect: (what: string, limitMs: number | null) => void;
}

/** An ffmpeg that was told to end is killed long before. */
const END_LIMIT_MS = 5_000;

/** One opening of a source: one ffmpeg process from its start to its end, watched for silence. */
export class DecodeAttempt {
  readonly #parts: AttemptParts;
  readonly #stopped = new AbortController();
  readonly #pacer: Pacer | null;
  readonly #jumps = new JumpCounter();
  readonly #pictures: PictureReader | null;
  readonly #aborted: Promise<null>;
  #process: DecodeProcess | null = null;
  #watchdog: NodeJS.Timeout | undefined;
  /** Set by whatever ends the attempt first; what ffmpeg says afterwards is only a consequence. */
  #cause: Cause | null = null;
  #frames = 0;
  #firstFrameMs = 0;
  #stream = 0;
  #streamJumps = 0;
  #hasDuration = false;
  #source: { readonly width: number; readonly height: number } | null = null;

  constructor(parts: AttemptParts) {
    this.#parts = parts;
    this.#aborted = new Promise((resolve) => {
      this.#stopped.signal.addEventListener('abort', () => resolve(null), { once: true });
    });
    this.#pacer = parts.camera.pace === 'source' && needsPacing(parts.kind) ? new Pacer() : null;
    this.#pictures = parts.pictures === undefined ? null : new PictureReader(parts.pictures);
  }

  /** Resolves when the process is gone. */
  async run(): Promise<AttemptEnd> {
    const { camera, kind, ffmpeg, expect } = this.#parts;
    expect('its address to be resolved', camera.connectTimeoutMs);
    const opening = openAddress(camera, kind, ffmpeg, (reason) => this.#fail('tls', reason));
    const address = await Promise.race([opening.catch((error: unknown) => messageOf(error)), this.#aborted]);
    // Stopped meanwhile, whichever of the two was first.
    if (address === null || this.#stopped.signal.aborted) {
      void opening.then(({ close }) => close()).catch(() => {});
      return this.#end({ state: 'ended', code: 'stopped', reason: 'stopped' });
    }
    if (typeof address === 'string') return this.#end({ state: 'failed', code: 'unknown-host', reason: address });
    try {
      return this.#end(await this.#decode(address));
    } finally {
      address.close();
    }
  }

  async #decode(address: OpenedAddress): Promise<Cause> {
    const { camera, kind, ffmpeg, working, quote, onSkipped, pictures = null } = this.#parts;
    const framer = new Framer((picture) => this.#onPicture(picture), onSkipped);
    framer.on('error', (error) => this.#fail(error instanceof WeirError ? error.code : 'decode-stream', error.message));
    const args = ffmpegArguments(camera, kind, address.url, working, ffmpeg, pictures);
    const input = [...address.options, ...args.input];
    this.#process = startFfmpeg(
      ...([ffmpeg, { ...args, input }, framer] as const),
      (line) => this.#onLine(line),
      (bytes) => this.#pictures?.push(bytes),
    );
    this.#arm(
      camera.connectTimeoutMs,
      'failed',
      `no frame within ${camera.connectTimeoutMs} ms of opening it: check its address and stream, or raise connectTimeoutMs`,
    );

    const ended = await this.#process.exited;
    const exit = { code: ended.code, stderr: [...ended.stderr, ...address.troubles] };
    // The pipe's last bytes may still be on their way through the framer; once stopped, nobody brings them.
    if (exit.code === 0 && !framer.destroyed && !framer.writableFinished) {
      await Promise.race([new Promise((resolve) => framer.once('close', resolve)), this.#aborted]);
    }
    clearTimeout(this.#watchdog);
    framer.destroy();
    const about = { kind, quote, hasPassword: secretsOf(camera.source).length > 0 };
    return this.#cause === null
      ? causeOfExit(exit, this.#frames, about)
      : explained(this.#cause, exit, this.#frames, about);
  }

  stop(): void {
    this.#stopped.abort();
    clearTimeout(this.#watchdog);
    void this.#process?.stop();
  }

  /**
   * ffmpeg goes on after a change of size, but scales to the size that it began with. A live source is opened again; a file
   * would begin anew, so there it stays so.
   */
  #onLine(line: string): void {
    if (/\bDuration: \d/.test(line)) this.#hasDuration = true;
    const format = inputFormat(line);
    if (format !== null && this.#parts.kind === 'http-pictures' && !PICTURE_FORMATS.test(format)) {
      return this.#fail('has-times', `it carries its own times (${format})`);
    }
    const size = sourceSize(line);
    if (size === null) return;
    const before = this.#source;
    this.#source = size;
    const [from, to] = [before ?? size, size].map(({ width, height }) => `${width}x${height}`);
    if (from === to || this.#endsByNature()) return;
    this.#fail('resolution-changed', `it changed its picture size from ${from} to ${to}`);
  }

  #end(cause: Cause): AttemptEnd {
    const liveMs = this.#frames === 0 ? 0 : this.#parts.clock.monotonicMs() - this.#firstFrameMs;
    return { ...cause, frames: this.#frames, liveMs, endsByNature: this.#endsByNature() };
  }

  /** A path on a server may look like a file's and be a live stream, an HLS list may be a recording: a length tells. */
  #endsByNature(): boolean {
    const { kind } = this.#parts;
    return kind === 'file' || ((kind === 'http-timed' || kind === 'hls') && this.#hasDuration);
  }

  #fail(code: string, reason: string, state: 'failed' | 'stalled' = 'failed'): void {
    this.#parts.expect('the end of its ffmpeg', END_LIMIT_MS);
    this.#cause ??= { state, code, reason };
    this.#stopped.abort();
    void this.#process?.stop();
  }

  /** Ends the attempt unless a frame comes within `limitMs`. */
  #arm(limitMs: number, state: 'failed' | 'stalled', reason: string): void {
    clearTimeout(this.#watchdog);
    this.#parts.expect(state === 'failed' ? 'its first frame' : 'its next frame', limitMs);
    this.#watchdog = setTimeout(() => this.#fail('no-frames', reason, state), limitMs);
  }

  #onPicture(picture: FramedPicture): Promise<void> | undefined {
    clearTimeout(this.#watchdog); // while Weir itself holds a frame back, silence is not the source's fault
    const { ptsSeconds, jumps } = this.#jumps.split(picture.ptsSeconds);
    const delayMs = this.#pacer?.delayMs(ptsSeconds, this.#parts.clock.monotonicMs()) ?? 0;
    if (delayMs < 1) return this.#deliver(picture, ptsSeconds, jumps);
    this.#parts.expect('the time of its next frame', delayMs + this.#parts.camera.stallAfterMs);
    return sleep(delayMs, undefined, { signal: this.#stopped.signal }).then(
      () => this.#deliver(picture, ptsSeconds, jumps),
      () => picture.buffer.release(),
    );
  }

  #deliver(framed: FramedPicture, ptsSeconds: number, jumps: number): Promise<void> | undefined {
    const { width, height, buffer } = framed;
    const { camera, clock, nextStream, onFrame, onState } = this.#parts;
    if (this.#stopped.signal.aborted) {
      buffer.release();
      return undefined;
    }
    const arrivedMs = clock.monotonicMs();
    if (this.#frames === 0 || jumps !== this.#streamJumps) this.#stream = nextStream();
    if (this.#frames++ === 0) {
      this.#firstFrameMs = arrivedMs;
      onState('live', '');
    }
    this.#streamJumps = jumps;
    const frame: Frame = {
      camera: camera.id,
      stream: this.#stream,
      ptsSeconds,
      source: this.#source,
      arrivedAtMs: clock.unixMs(),
      arrivedMs,
      width,
      height,
      pixels: buffer.pixels,
      release: buffer.release,
    };
    const held = onFrame(frame);
    this.#pictures?.reached(framed.ptsSeconds);
    if (held === undefined) this.#armStall();
    else this.#parts.expect('', null);
    return held?.then(() => this.#armStall());
  }

  #armStall(): void {
    if (this.#stopped.signal.aborted) return;
    const { stallAfterMs, fps } = this.#parts.camera;
    const limitMs = stallAfterMs + (fps === null ? 0 : 1000 / fps);
    this.#arm(limitMs, 'stalled', `no frame for ${Math.round(limitMs)} ms`);
  }
}
