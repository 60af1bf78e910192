import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeArtifact } from '../artifact/write.ts';
import { messageOf } from '../errors.ts';
import type { Alert, Delivery } from './alert.ts';
import { unlessStopped } from './unless-stopped.ts';

export interface QueueLimits {
  readonly maxAlerts: number;
  readonly maxBytes: number;
}

/** An alert that waits. */
interface Waiting {
  readonly name: string;
  /** When it came, by the clock of its giver; `null`: before this run. */
  readonly addedMs: number | null;
  bytes: number;
  /** All of it, where the disk could not take it. */
  text: string | null;
  isOnDisk: boolean;
  /** Resolves when its picture is with it, or will not be; `null`: nothing is awaited. */
  picture: Promise<void> | null;
}

export interface Queued extends Pick<Waiting, 'name' | 'addedMs'> {
  readonly delivery: Delivery;
}

const DIGITS = 12;
/** So much of pictures may wait for a slow disk; alerts beyond that go without. */
const MOST_HELD_BYTES = 16_000_000;
const NAME = /^(\d{12})-[\w-]+\.json$/;

/** Whether a file of that name in a queue's folder is an alert, or what a crash left of one. */
export function isQueueFile(name: string): boolean {
  return /^\d{12}-[\w-]+\.json(\.\d+\.tmp)?$/.test(name);
}

/** The alerts that wait for one target, oldest first, a file each: they outlive the daemon. */
export class AlertQueue {
  readonly #folder: string;
  #limits: QueueLimits;
  readonly #onTrouble: (text: string) => void;
  #waiting: Waiting[] = [];
  #bytes = 0;
  #next = 1;
  #turn: Promise<void> = Promise.resolve();
  /** Alerts that the disk has not taken yet, and bytes of pictures. */
  #coming = 0;
  #held = 0;
  /** Called when another one waits. */
  onAdded: () => void = () => {};
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

  /** Resolves when what was added so far is on disk with its pictures, or in memory where the disk refuses it. */
  async settled(): Promise<void> {
    await this.#turn;
    await Promise.all(this.#waiting.map(({ picture }) => picture));
  }

  /** From now on it may hold so much. */
  bound(limits: QueueLimits): void {
    this.#limits = limits;
  }

  /**
   * Resolves when it is on disk, or in memory where the disk refuses it.
   *
   * @param nowMs is told with it again
   * @param picture instead of the snapshot, when there is one: the alert is on disk before
   */
  async add(delivery: Delivery, nowMs: number, picture: Promise<Uint8Array | null> | null = null): Promise<void> {
    if (this.#coming >= this.#limits.maxAlerts) {
      if (this.dropped++ === 0) this.#onTrouble('it is dropped: the disk takes nothing, and too many wait for it');
      return;
    }
    this.#coming++;
    const held = picture === null ? null : this.#hold(picture);
    await this.#inTurn(() => this.#write(delivery, nowMs, held)).finally(() => this.#coming--);
    this.onAdded();
  }

  /** The oldest, when its picture is there; files that cannot be read are left out, with a word. @param stop ends the wait for a picture */
  async first(stop: AbortSignal): Promise<Queued | null> {
    for (;;) {
      const [first] = this.#waiting;
      if (first === undefined) return null;
      if (first.picture !== null) {
        await unlessStopped(first.picture, stop);
        if (this.#waiting[0] !== first) continue;
      }
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
    if (removed.isOnDisk) await this.#rm(name);
  }

  async #write(delivery: Delivery, addedMs: number, picture: Promise<Uint8Array | null> | null): Promise<void> {
    const text = textOf(delivery);
    const name = `${String(this.#next++).padStart(DIGITS, '0')}-${delivery.alert.id}.json`;
    const isOnDisk = await this.#put(name, text);
    const bytes = Buffer.byteLength(text);
    const waiting: Waiting = { name, addedMs, bytes, text: isOnDisk ? null : text, isOnDisk, picture: null };
    if (picture !== null) {
      waiting.picture = picture
        .then(async (snapshot) => {
          if (snapshot !== null) await this.#inTurn(() => this.#complete(waiting, textOf({ ...delivery, snapshot })));
          this.#held -= snapshot?.length ?? 0;
        })
        .finally(() => {
          waiting.picture = null;
        });
    }
    this.#waiting.push(waiting);
    this.#bytes += bytes;
    await this.#makeRoom();
  }

  async #complete(waiting: Waiting, text: string): Promise<void> {
    if (!this.#waiting.includes(waiting)) return;
    const isOnDisk = await this.#put(waiting.name, text);
    if (!this.#waiting.includes(waiting)) {
      if (isOnDisk) await this.#rm(waiting.name);
      return;
    }
    const bytes = Buffer.byteLength(text);
    this.#bytes += bytes - waiting.bytes;
    waiting.bytes = bytes;
    waiting.text = isOnDisk ? null : text;
    waiting.isOnDisk ||= isOnDisk;
    await this.#makeRoom();
  }

  /** A picture, unless too much is held already. */
  async #hold(picture: Promise<Uint8Array | null>): Promise<Uint8Array | null> {
    const snapshot = await picture.catch(() => null);
    if (snapshot === null || this.#held + snapshot.length > MOST_HELD_BYTES) return null;
    this.#held += snapshot.length;
    return snapshot;
  }

  /** One after the other: they are to wait in the order in which they came. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  async #put(name: string, text: string): Promise<boolean> {
    try {
      await writeArtifact(join(this.#folder, name), text, { isPrivate: true });
      return true;
    } catch (error) {
      this.#onTrouble(`it is kept in memory only: ${messageOf(error)}`);
      return false;
    }
  }

  async #rm(name: string): Promise<void> {
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
      this.#waiting.push({ name, addedMs: null, bytes: size, text: null, isOnDisk: true, picture: null });
      this.#bytes += size;
      this.#next = Number(number) + 1;
    }
    await this.#makeRoom();
  }
}

function textOf({ alert, snapshot }: Delivery): string {
  return JSON.stringify({ alert, snapshot: snapshot === null ? null : Buffer.from(snapshot).toString('base64') });
}

function deliveryOf(text: string): Delivery {
  const { alert, snapshot } = JSON.parse(text) as { alert: Alert; snapshot: string | null };
  if (typeof alert?.id !== 'string' || alert.schema !== 'weir.alert/1') throw new Error('it holds no alert');
  return { alert, snapshot: snapshot === null ? null : Buffer.from(snapshot, 'base64') };
}
