import type { CameraPipelineParts, FrameSource } from '../pipeline/camera-parts.ts';

/** In place of a camera's decoder while it is paused: it opens nothing and gives no frames, until it is stopped. */
export class PausedSource implements FrameSource {
  readonly expectation = null;
  readonly streams: number;
  readonly #reason: string;
  readonly #onState: Parameters<CameraPipelineParts['source']>[0]['onState'];
  readonly #stopped: Promise<void>;
  #stop: () => void = () => {};

  /**
   * @param streams so far
   * @param isConfigured it is the configuration that says so
   */
  constructor(
    streams: number,
    isConfigured: boolean,
    { onState }: Pick<Parameters<CameraPipelineParts['source']>[0], 'onState'>,
  ) {
    this.#reason = isConfigured ? 'paused in the configuration' : 'paused until it is resumed';
    this.streams = streams;
    this.#onState = onState;
    this.#stopped = new Promise((resolve) => {
      this.#stop = resolve;
    });
  }

  async start(): Promise<void> {
    this.#onState('paused', this.#reason);
    await this.#stopped;
  }

  async stop(): Promise<void> {
    this.#stop();
  }
}
