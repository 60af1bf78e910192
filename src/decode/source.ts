import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import type { Expectation } from '../service/known.ts';
import type { CameraSource } from '../types.ts';
import { type AttemptEnd, DecodeAttempt } from './attempt.ts';
import { NOT_THE_DECODER } from './diagnose.ts';
import { type SourceKind, sourceKind } from './kind.ts';
import type { DecoderParts } from './parts.ts';
import { backoffMs, CAMERA_BACKOFF } from './reconnect.ts';

/** A file that is looped at its own pace begins no more often than this, however short it is. */
const MIN_LOOP_MS = 1_000;

/**
 * Keeps one camera decoded: opens it, hands out its frames, and opens it again for ever with growing pauses when it
 * fails, stalls or ends; only what ends by nature (a file played once) is over at its end or at its failure.
 */
export class CameraDecoder {
  readonly #parts: DecoderParts;
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;
  #expectation: Expectation | null = null;
  #stream: number;
  /** What of the camera's hardware settings is still tried. */
  #hardware: Hardware;

  constructor(parts: DecoderParts) {
    this.#parts = parts;
    this.#stream = parts.streamsBefore ?? 0;
    this.#hardware = configuredHardware(parts.camera);
  }

  /** Streams so far, those before this decoder included. */
  get streams(): number {
    return this.#stream;
  }

  /** What is to come next; `null` when nothing is, or while whoever took a frame holds it. */
  get expectation(): Expectation | null {
    return this.#expectation;
  }

  /** Begins; resolves when the source is over for good (ended, failed finally, or stopped). */
  start(): Promise<void> {
    this.#running ??= this.#run(this.#stopped.signal).finally(() => this.#expect('', null));
    return this.#running;
  }

  /** Resolves when the process is gone. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { camera, clock, onState, random } = this.#parts;
    let kind = sourceKind(camera.source);
    if (kind === null)
      return onState('failed', 'Weir reads files, /dev/video*, rtsp(s):// and http(s):// sources only');
    for (let failures = 0, looping = false; !signal.aborted; ) {
      if (!looping) onState('connecting', failures === 0 ? 'opening' : `opening again (try ${failures + 1})`);
      const begunMs = clock.monotonicMs();
      const end = await this.#attempt(kind, signal);
      if (signal.aborted) return;
      if (end.code === 'has-times') {
        kind = 'http-timed';
        continue;
      }
      if (this.#fallBack(end)) continue;
      if (end.endsByNature) {
        // What falls silent before its end is a recording that cannot be read on.
        if (!camera.loop) return onState(end.state === 'stalled' ? 'failed' : end.state, end.reason);
        looping = end.state === 'ended' && end.frames > 0;
        if (looping) {
          if (camera.pace === 'source') await this.#pause(begunMs + MIN_LOOP_MS - clock.monotonicMs(), signal);
          continue;
        }
      }
      // Without it, it did no better: the trouble lay elsewhere.
      if (end.frames === 0) this.#hardware = configuredHardware(camera);
      failures = end.liveMs >= CAMERA_BACKOFF.resetAfterMs ? 1 : failures + 1;
      const delayMs = backoffMs(failures - 1, random());
      // A source that was live and fell silent has stalled, however it did so; one that never came has failed.
      const state = end.frames > 0 ? 'stalled' : 'failed';
      onState(state, `${end.reason}; next try in ${(delayMs / 1000).toFixed(1)} s`);
      await this.#pause(delayMs, signal);
    }
  }

  #expect(what: string, limitMs: number | null): void {
    this.#expectation = limitMs === null ? null : { what, sinceMs: this.#parts.clock.monotonicMs(), limitMs };
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    if (ms <= 0) return;
    this.#expect('its next try', ms);
    await sleep(ms, undefined, { signal }).catch(() => {});
  }

  /** Gives up a hardware setting that does not work here. @returns whether another try is worth it */
  #fallBack({ code, reason, frames }: AttemptEnd): boolean {
    const { hwaccel, decoder } = this.#hardware;
    if (frames > 0 || NOT_THE_DECODER.has(code)) return false;
    if (decoder !== null) {
      this.#parts.onNotice(`the decoder ${decoder} does not work here (${reason}); using ffmpeg's own choice instead`);
      this.#hardware = { ...this.#hardware, decoder: null };
      return true;
    }
    if (hwaccel !== 'none') {
      this.#parts.onNotice(
        `hardware decoding (${hwaccel}) does not work here (${reason}); decoding on the CPU instead`,
      );
      this.#hardware = { ...this.#hardware, hwaccel: 'none' };
      return true;
    }
    return false;
  }

  async #attempt(kind: SourceKind, signal: AbortSignal): Promise<AttemptEnd> {
    const attempt = new DecodeAttempt({
      ...this.#parts,
      camera: { ...this.#parts.camera, ...this.#hardware },
      kind,
      nextStream: () => ++this.#stream,
      expect: (what, limitMs) => this.#expect(what, limitMs),
    });
    const abort = () => attempt.stop();
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await attempt.run();
    } catch (error) {
      const reason = this.#parts.quote(messageOf(error));
      return { state: 'failed', code: 'decode-failed', reason, frames: 0, liveMs: 0, endsByNature: kind === 'file' };
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}

type Hardware = Pick<CameraSource, 'hwaccel' | 'decoder'>;

function configuredHardware({ hwaccel, decoder }: CameraSource): Hardware {
  return { hwaccel, decoder };
}
