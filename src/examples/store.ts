import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeArtifact } from '../artifact/write.ts';
import { messageOf, WeirError } from '../errors.ts';
import { readImageFile } from '../image/file.ts';
import type { Raster } from '../types.ts';
import type { Example, ExampleLimits } from './example.ts';
import { journalText, type LabelChange, replay, type Stored } from './journal.ts';
import { JournalFile } from './journal-file.ts';
import { inPieces } from './pieces.ts';
import { ExampleSet } from './set.ts';

const JOURNAL = 'index.jsonl';
const PICTURE = /^([0-9a-z]{1,12})\.webp$/;
/** A journal is written anew when it has this many lines more than examples. */
const SPARE_LINES = 200;

/** What a new example is made of. */
export interface Picture {
  readonly example: Omit<Example, 'id' | 'bytes' | 'sha256' | 'labels'>;
  /** Lossless WebP. */
  readonly file: Uint8Array;
  readonly thumbnail: Uint8Array;
}

export interface StoreOptions {
  readonly folder: string;
  readonly limits: ExampleLimits;
  /** Unix time in milliseconds. */
  readonly nowMs: () => number;
  /** What was not as it should be, in words. */
  readonly onNotice: (text: string) => void;
}

/**
 * The examples of one camera on the disk: a folder with a picture each, and a journal. They are within their limits at every
 * moment; what a label says outlasts whatever happens once `label` has resolved. Changes are made one after the other.
 */
export class ExampleStore {
  readonly set = new ExampleSet();
  readonly #options: StoreOptions;
  readonly #journal: JournalFile;
  #limits: ExampleLimits;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(options: StoreOptions) {
    this.#options = options;
    this.#limits = options.limits;
    this.#journal = new JournalFile(join(options.folder, JOURNAL));
  }

  /**
   * Reads what is kept; removes what is beyond the limits and what belongs to no example.
   *
   * @throws WeirError `examples-unreadable`, `write-failed`
   */
  static async open(options: StoreOptions): Promise<ExampleStore> {
    const store = new ExampleStore(options);
    try {
      // Pictures of where people live and work are nobody else's.
      await mkdir(options.folder, { recursive: true, mode: 0o700 });
      await store.#recover();
    } catch (cause) {
      if (cause instanceof WeirError) throw cause;
      throw unreadable(options.folder, messageOf(cause), cause);
    }
    return store;
  }

  get limits(): ExampleLimits {
    return this.#limits;
  }

  /** A picture's file: lossless WebP. @throws WeirError `example-unknown` */
  async file(id: string): Promise<Buffer> {
    if (this.set.get(id) === null) throw unknown(id, null);
    return await readFile(this.#path(id)).catch((cause: unknown) => {
      throw unknown(id, cause);
    });
  }

  /** The pixels as they were classified. @throws WeirError `example-unknown`, `image-unreadable` */
  async pixels(id: string): Promise<Raster> {
    if (this.set.get(id) === null) throw unknown(id, null);
    return await readImageFile(this.#path(id));
  }

  /** Keeps a picture, and lets go what has to go for it. @throws WeirError `write-failed` */
  add({ example: taken, file, thumbnail }: Picture): Promise<void> {
    return this.#inTurn(async () => {
      const bytes = file.byteLength;
      if (bytes > this.#limits.maxBytes) return;
      const id = this.set.freeId(taken.takenAtMs);
      const sha256 = createHash('sha256').update(file).digest('hex');
      const stored = {
        example: { ...taken, id, bytes, sha256, labels: {} },
        thumbnail: Buffer.from(thumbnail).toString('base64'),
      };
      await writeArtifact(this.#path(id), file); // first: on a full disk nothing is to be let go for it
      try {
        await this.#drop({ reason: taken.reason, bytes });
        await this.#journal.append({ type: 'kept', ...stored });
      } catch (error) {
        await rm(this.#path(id), { force: true }).catch(() => {}); // no limit would count it
        throw error;
      }
      this.set.add(stored);
    });
  }

  /**
   * Changes labels, all or none. What is to change is worked out when it is its turn, from what is kept then.
   *
   * @throws what `work` throws; WeirError `write-failed`
   */
  label<T extends { readonly changes: readonly LabelChange[] }>(work: (kept: readonly Example[]) => T): Promise<T> {
    return this.#inTurn(async () => {
      const worked = work(this.set.examples);
      if (worked.changes.length > 0) {
        await this.#journal.append({ type: 'labelled', changes: worked.changes }, { flush: true });
        this.set.label(worked.changes);
      }
      return worked;
    });
  }

  /** Lets go what is too old, or beyond new limits. @throws WeirError `write-failed` */
  enforce(limits: ExampleLimits = this.#limits): Promise<void> {
    return this.#inTurn(async () => {
      this.#limits = limits;
      await this.#drop(null);
      if (this.#journal.lines > 2 * this.set.size + SPARE_LINES) await this.#rewrite();
    });
  }

  /**
   * Lets go what a person does not want to be kept.
   *
   * @param id `null`: everything
   * @returns how many that were
   * @throws WeirError `example-unknown`, `write-failed`
   */
  remove(id: string | null): Promise<number> {
    return this.#inTurn(async () => {
      if (id !== null && this.set.get(id) === null) throw unknown(id, null);
      const ids = id === null ? this.set.examples.map((example) => example.id) : [id];
      await this.#remove(ids);
      await this.#rewrite(); // nothing of it is to be left, thumbnails included
      return ids.length;
    });
  }

  /** Resolves when all that was begun is done and no file is open. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      // So the next start compares no pictures. Where it fails, the journal says as it is what it has to.
      if (this.#journal.lines > 0) await this.#rewrite().catch(() => {});
      await this.#journal.close();
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => {});
    return next;
  }

  async #recover(): Promise<void> {
    const { folder, onNotice } = this.#options;
    const path = join(folder, JOURNAL);
    const read = await inPieces(replay(await this.#journal.read()));
    if (read.isForeign) throw unreadable(folder, `${JOURNAL} is not one of this version of Weir`, null);
    if (read.spoilt > 0) onNotice(`${path}: ${read.spoilt} spoilt lines are left out`);
    const whole: Stored[] = [];
    for (const stored of read.stored.values()) {
      const found = await stat(this.#path(stored.example.id)).catch(() => null);
      if (found?.size === stored.example.bytes) whole.push(stored);
    }
    await inPieces(this.set.load(whole));
    const missing = read.stored.size - whole.length;
    if (missing > 0) onNotice(`${folder}: ${missing} examples are left out, whose pictures are gone`);
    await this.#drop(null);
    for (const name of await readdir(folder)) {
      const id = PICTURE.exec(name)?.[1];
      const isLeftOver = id === undefined ? name.endsWith('.tmp') : this.set.get(id) === null;
      if (isLeftOver) await rm(join(folder, name), { force: true });
    }
    await this.#rewrite();
  }

  /** Lets go what has to, so that the limits hold also with what is to be kept besides. */
  async #drop(adding: Parameters<ExampleSet['excess']>[0]): Promise<void> {
    await this.#remove(this.set.excess(adding, this.#options.nowMs(), this.#limits));
  }

  /** The journal first: a picture without a line is removed at the next start, a line without a picture would be missed. */
  async #remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#journal.append({ type: 'dropped', examples: ids });
    await inPieces(this.set.remove(ids));
    for (const id of ids) await rm(this.#path(id), { force: true });
  }

  async #rewrite(): Promise<void> {
    await this.#journal.rewrite(await inPieces(journalText(this.set.stored)));
  }

  #path(id: string): string {
    return join(this.#options.folder, `${id}.webp`);
  }
}

function unreadable(folder: string, why: string, cause: unknown): WeirError {
  const remedy = 'check its permissions, or move the folder away: a new one is begun';
  return new WeirError('examples-unreadable', `the examples in ${folder} cannot be read: ${why}`, { remedy, cause });
}

function unknown(id: string, cause: unknown): WeirError {
  const remedy = 'list what is kept: what has been let go meanwhile is gone';
  return new WeirError('example-unknown', `there is no example ${id}`, { remedy, cause });
}
