import { Presets, SingleBar } from 'cli-progress';

const TELL_EVERY_MS = 15_000;

/** Tells how far long work has come: a bar on a terminal, a line now and then elsewhere. On stderr. */
export class ProgressTeller {
  readonly #bar: SingleBar | null;
  #stage = '';
  #begunMs = 0;
  #toldMs = 0;
  #startedAt = 0;

  constructor() {
    const format = '{stage} {bar} {value}/{total} | {rate}/s | {eta_formatted} left';
    const options = { stream: process.stderr, format, hideCursor: true, barsize: 24, etaBuffer: 50, fps: 5 };
    this.#bar = process.stderr.isTTY ? new SingleBar(options, Presets.shades_classic) : null;
  }

  readonly update = (stage: string, done: number, total: number): void => {
    const nowMs = performance.now();
    if (stage !== this.#stage) this.#begin(stage, done, total, nowMs);
    const seconds = (nowMs - this.#begunMs) / 1000;
    const rate = seconds > 0.5 ? ((done - this.#startedAt) / seconds).toFixed(1) : '…';
    this.#bar?.update(done, { stage, rate });
    if (this.#bar !== null || nowMs - this.#toldMs < TELL_EVERY_MS || total <= 1) return;
    this.#toldMs = nowMs;
    const left = ((total - done) * seconds) / Math.max(1, done - this.#startedAt);
    process.stderr.write(`${stage}: ${done} of ${total}, ${rate}/s, about ${Math.ceil(left)} s left\n`);
  };

  /** The stage that it has come to; empty before the first. */
  get stage(): string {
    return this.#stage;
  }

  stop(): void {
    this.#bar?.stop();
    this.#stage = '';
  }

  #begin(stage: string, done: number, total: number, nowMs: number): void {
    this.#bar?.stop();
    this.#stage = stage;
    this.#begunMs = nowMs;
    this.#toldMs = nowMs;
    this.#startedAt = done;
    if (this.#bar === null) process.stderr.write(`${stage} …\n`);
    else this.#bar.start(total, done, { stage, rate: '…' });
  }
}
