import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeArtifact } from '../artifact/write.ts';
import { messageOf } from '../errors.ts';
import type { Alert, Delivery } from './alert.ts';

export interface QueueLimits {
  readonly maxAlerts: number;
  readonly maxBytes: number;
}

/** An alert that waits; `text` holds it where the disk could not take it. */
interface Waiting {
  readonly name: string;
  readonly bytes: number;
  readonly text: string | null;
  /** When it came, by the clock of its giver; `null`: before this run. */
  readonly addedMs: number | null;
}

export interface Queued extends Pick<Waiting, 'name' | 'addedMs'> {
  readonly delivery: Delivery;
}

const DIGITS = 12;
const NAME = /^(\d{12})-[\w-]+\.json$/;

/** The alerts that wait for one target, oldest first, a file each: they outlive the daemon. */
export class AlertQueue {
  readonly #folder: string;
  readonly #limits: QueueLimits;
  readonly #onTrouble: (text: string) => void;
  #waiting: Waiting[] = [];
  #bytes = 0;
  #next = 1;
  /** Alerts that went because newer ones needed their place. */
  dropped = 0;

  private constructor(folder: string, limits: QueueLimits, onTrouble: (text: string) => void) {
    this.#folder = folder;
    this.#limits = limits;
    this.#onTrouble = onTrouble;
  }

  /** Opens a folder with what is in it; without one it is made with the first alert. @param onTrouble is told what the disk refuses */
  static async open(folder: string, limits: QueueLimits, onTrouble: (text: string) => void): Promise<AlertQueue> {
    const queue = new AlertQueue(folder, limits, onTrouble);
    await queue.#read();
    return queue;
  }

  get length(): number {
    return this.#waiting.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves when it is on disk, or in memory where the disk refuses it. Calls must not overlap. @param nowMs is told with it again */
  async add({ alert, snapshot }: Delivery, nowMs: number): Promise<void> {
    const picture = snapshot === null ? null : Buffer.from(snapshot).toString('base64');
    const text = JSON.stringify({ alert, snapshot: picture });
    const name = `${String(this.#next++).padStart(DIGITS, '0')}-${alert.id}.json`;
    const isWritten = await writeArtifact(join(this.#folder, name), text, { isPrivate: true }).then(
      () => true,
      (error: unknown) => {
        this.#onTrouble(`it is kept in memory only: ${messageOf(error)}`);
        return false;
      },
    );
    const bytes = Buffer.byteLength(text);
    this.#waiting.push({ name, bytes, text: isWritten ? null : text, addedMs: nowMs });
    this.#bytes += bytes;
    await this.#makeRoom();
  }

  /** The oldest; files that cannot be read are left out, with a word. */
  async first(): Promise<Queued | null> {
    for (;;) {
      const [first] = this.#waiting;
      if (first === undefined) return null;
      try {
        const text = first.text ?? (await readFile(join(this.#folder, first.name), 'utf8'));
        return { name: first.name, delivery: deliveryOf(text), addedMs: first.addedMs };
      } catch (error) {
        this.#onTrouble(`${first.name} cannot be read and is left out: ${messageOf(error)}`);
        await this.remove(first.name);
      }
    }
  }

  async remove(name: string): Promise<void> {
    const at = this.#waiting.findIndex((waiting) => waiting.name === name);
    const [removed] = at < 0 ? [] : this.#waiting.splice(at, 1);
    if (removed === undefined) return;
    this.#bytes -= removed.bytes;
    if (removed.text !== null) return;
    await rm(join(this.#folder, name), { force: true }).catch((error: unknown) => this.#onTrouble(messageOf(error)));
  }

  async #makeRoom(): Promise<void> {
    const { maxAlerts, maxBytes } = this.#limits;
    while (this.#waiting.length > 1 && (this.#waiting.length > maxAlerts || this.#bytes > maxBytes)) {
      this.dropped++;
      await this.remove(this.#waiting[0]?.name ?? '');
    }
  }

  async #read(): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names.sort()) {
      const number = NAME.exec(name)?.[1];
      // What a crash left half-written has another name.
      if (number === undefined && name.endsWith('.tmp')) await rm(join(this.#folder, name), { force: true });
      if (number === undefined) continue;
      const { size } = await stat(join(this.#folder, name));
      this.#waiting.push({ name, bytes: size, text: null, addedMs: null });
      this.#bytes += size;
      this.#next = Number(number) + 1;
    }
    await this.#makeRoom();
  }
}

function deliveryOf(text: string): Delivery {
  const { alert, snapshot } = JSON.parse(text) as { alert: Alert; snapshot: string | null };
  if (typeof alert?.id !== 'string' || alert.schema !== 'weir.alert/1') throw new Error('it holds no alert');
  return { alert, snapshot: snapshot === null ? null : Buffer.from(snapshot, 'base64') };
}
