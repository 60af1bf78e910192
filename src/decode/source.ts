import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { type AttemptEnd, DecodeAttempt, type DecoderParts } from './attempt.ts';
import { endsByNature, type SourceKind, sourceKind } from './kind.ts';
import { backoffMs, CAMERA_BACKOFF } from './reconnect.ts';

/**
 * Keeps one camera decoded: opens it, hands out its frames, and opens it again for ever with growing pauses when it
 * fails, stalls or ends; only what ends by nature (a file played once) is over at its end or at its failure.
 */
export class CameraDecoder {
  readonly #parts: DecoderParts;
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;
  #stream = 0;
  #hwaccel: string;

  constructor(parts: DecoderParts) {
    this.#parts = parts;
    this.#hwaccel = parts.camera.hwaccel;
  }

  /** Begins; resolves when the source is over for good (ended, failed finally, or stopped). */
  start(): Promise<void> {
    this.#running ??= this.#run(this.#stopped.signal);
    return this.#running;
  }

  /** Resolves when the process is gone. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { camera, onState } = this.#parts;
    const kind = sourceKind(camera.source);
    if (kind === null)
      return onState('failed', 'Weir reads files, /dev/video*, rtsp(s):// and http(s):// sources only');
    for (let failures = 0; !signal.aborted; ) {
      onState('connecting', failures === 0 ? 'opening' : `opening again (try ${failures + 1})`);
      const end = await this.#attempt(kind, signal);
      if (signal.aborted) return;
      if (end.code === 'hwaccel-unavailable' && this.#hwaccel !== 'none') {
        this.#parts.onNotice(`hardware decoding (${this.#hwaccel}) is not available here; decoding on the CPU instead`);
        this.#hwaccel = 'none';
        continue;
      }
      if (endsByNature(kind)) {
        if (end.state === 'ended' && end.frames > 0 && camera.loop) continue;
        if (!camera.loop) return onState(end.state, end.reason);
      }
      failures = end.liveMs >= CAMERA_BACKOFF.resetAfterMs ? 1 : failures + 1;
      const delayMs = backoffMs(failures - 1, this.#parts.random());
      // A source that was live and fell silent has stalled, however it did so; one that never came has failed.
      const state = end.frames > 0 ? 'stalled' : 'failed';
      onState(state, `${end.reason}; next try in ${(delayMs / 1000).toFixed(1)} s`);
      await sleep(delayMs, undefined, { signal }).catch(() => {});
    }
  }

  async #attempt(kind: SourceKind, signal: AbortSignal): Promise<AttemptEnd> {
    const attempt = new DecodeAttempt({
      ...this.#parts,
      camera: { ...this.#parts.camera, hwaccel: this.#hwaccel },
      kind,
      nextStream: () => ++this.#stream,
    });
    const abort = () => attempt.stop();
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await attempt.run();
    } catch (error) {
      return { state: 'failed', code: 'decode-failed', reason: messageOf(error), frames: 0, liveMs: 0 };
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}
