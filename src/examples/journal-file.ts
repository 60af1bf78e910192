import { type FileHandle, open, readFile } from 'node:fs/promises';
import { writeArtifact } from '../artifact/write.ts';
import { messageOf, WeirError } from '../errors.ts';
import { type JournalRecord, journalLine } from './journal.ts';

/** The file of a journal. Lines are added at its end; now and then it is written anew, whole or not at all. */
export class JournalFile {
  readonly #path: string;
  #file: FileHandle | null = null;
  #lines = 0;
  /** An earlier line may be torn: the next begins on a line of its own. */
  #isTorn = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Lines that were added since it was written anew. */
  get lines(): number {
    return this.#lines;
  }

  /** Its text; empty if there is none yet. */
  async read(): Promise<string> {
    return await readFile(this.#path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return '';
      throw cause;
    });
  }

  /** @throws WeirError `write-failed` */
  async rewrite(text: string): Promise<void> {
    await this.close();
    await writeArtifact(this.#path, text);
    this.#lines = 0;
    this.#isTorn = false;
  }

  /**
   * @param flush whether it must outlast a power cut; a crash it outlasts anyway
   * @throws WeirError `write-failed`
   */
  async append(record: JournalRecord, { flush = false } = {}): Promise<void> {
    try {
      this.#file ??= await open(this.#path, 'a');
      await this.#file.appendFile(`${this.#isTorn ? '\n' : ''}${journalLine(record)}`);
      this.#isTorn = false;
      this.#lines++;
      if (flush) await this.#file.datasync();
    } catch (cause) {
      this.#isTorn = true;
      throw new WeirError('write-failed', `cannot write ${this.#path}: ${messageOf(cause)}`, {
        remedy: 'check free space and permissions of the state directory',
        cause,
      });
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }
}
