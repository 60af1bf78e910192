import { stat } from 'node:fs/promises';
import { messageOf } from '../errors.ts';

/** How soon a change of a file is seen. One look is one `stat` a file. */
const LOOK_EVERY_MS = 1_000;

/** Looks at files every second: notices too what a rename puts there, and works on file systems that tell of no changes. */
export class FileWatch {
  readonly #paths: readonly string[];
  readonly #onChange: () => Promise<void>;
  readonly #timer: NodeJS.Timeout;
  #seen: string;
  #isBusy = false;

  private constructor(paths: readonly string[], seen: string, onChange: () => Promise<void>, everyMs: number) {
    this.#paths = paths;
    this.#seen = seen;
    this.#onChange = onChange;
    this.#timer = setInterval(() => void this.#look(), everyMs);
    this.#timer.unref();
  }

  /**
   * To be started before the files are read for the first time, so that no change goes unseen.
   *
   * @param onChange must not reject
   */
  static async start(
    paths: readonly string[],
    onChange: () => Promise<void>,
    everyMs = LOOK_EVERY_MS,
  ): Promise<FileWatch> {
    return new FileWatch(paths, await marksOf(paths), onChange, everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const marks = await marksOf(this.#paths);
    if (marks !== this.#seen) {
      this.#seen = marks;
      await this.#onChange();
    }
    this.#isBusy = false;
  }
}

async function marksOf(paths: readonly string[]): Promise<string> {
  const marks = paths.map((path) =>
    stat(path, { bigint: true }).then(
      ({ ino, size, mtimeNs, ctimeNs }) => `${ino} ${size} ${mtimeNs} ${ctimeNs}`,
      (error: unknown) => (error as NodeJS.ErrnoException).code ?? messageOf(error),
    ),
  );
  return (await Promise.all(marks)).join('\n');
}
