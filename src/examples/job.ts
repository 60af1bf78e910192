import { messageOf, usageError, WeirError } from '../errors.ts';

export type Progress = (stage: string, done: number, total: number) => void;

/** How far a job is. Times are ISO 8601. */
export type JobState<R> =
  | { readonly state: 'none' }
  | {
      readonly state: 'running';
      readonly startedAt: string;
      readonly stage: string;
      readonly done: number;
      readonly total: number;
    }
  | { readonly state: 'done'; readonly startedAt: string; readonly endedAt: string; readonly result: R }
  | {
      readonly state: 'failed';
      readonly startedAt: string;
      readonly endedAt: string;
      readonly error: { readonly code: string; readonly message: string; readonly remedy: string };
    };

/** Long work for cameras, one at a time; what became of a camera's last one is remembered. */
export class Jobs<R> {
  readonly #states = new Map<string, JobState<R>>();
  readonly #nowMs: () => number;
  readonly #stop = new AbortController();
  #running: { readonly camera: string; readonly ended: Promise<void> } | null = null;

  /** @param nowMs Unix time */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  state(camera: string): JobState<R> {
    return this.#states.get(camera) ?? { state: 'none' };
  }

  /** @throws WeirError `teach-running` */
  begin(camera: string, work: (progress: Progress, stop: AbortSignal) => Promise<R>): JobState<R> {
    const { signal } = this.#stop;
    if (signal.aborted) throw usageError('teach-running', 'Weir is stopping', 'ask again when it has started');
    if (this.#running !== null) {
      const { camera: other } = this.#running;
      throw usageError('teach-running', `camera ${other} is being taught`, 'wait until that is done: one at a time');
    }
    const startedAt = this.#now();
    const tell = (state: JobState<R>) => this.#states.set(camera, state);
    const progress: Progress = (stage, done, total) => tell({ state: 'running', startedAt, stage, done, total });
    progress('beginning', 0, 1);
    const ended = work(progress, signal)
      .then(
        (result) => tell({ state: 'done', startedAt, endedAt: this.#now(), result }),
        (error: unknown) => tell({ state: 'failed', startedAt, endedAt: this.#now(), error: inWords(error) }),
      )
      .then(() => {
        this.#running = null;
      });
    this.#running = { camera, ended };
    return this.state(camera);
  }

  /** Ends what is under way; resolves when it has ended. Nothing is begun afterwards. */
  async stop(): Promise<void> {
    this.#stop.abort(new WeirError('teach-stopped', 'Weir was stopped meanwhile', { remedy: 'teach again' }));
    await this.#running?.ended;
  }

  #now(): string {
    return new Date(this.#nowMs()).toISOString();
  }
}

function inWords(error: unknown): { code: string; message: string; remedy: string } {
  if (error instanceof WeirError) return { code: error.code, message: error.message, remedy: error.remedy };
  return { code: 'unexpected', message: messageOf(error), remedy: 'this is a defect of Weir: please report it' };
}
