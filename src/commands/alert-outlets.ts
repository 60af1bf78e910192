import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Outlet } from '../alerts/alerts.ts';
import { type AlertBook, Courier } from '../alerts/courier.ts';
import { removeLeftQueues } from '../alerts/left-queues.ts';
import { AlertQueue } from '../alerts/queue.ts';
import { type AlertsConfig, targetsOf } from '../config/alerts.ts';
import { messageOf } from '../errors.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import type { Logger } from '../service/log.ts';
import { openTarget, settingsOf } from './alert-targets.ts';

const BYTES_PER_MEGABYTE = 1_000_000;
const MS_PER_HOUR = 3_600_000;

/** What came of an exchange: outlets that are open, and why they are not those that were wanted. */
export interface Exchanged {
  readonly outlets: Map<string, Outlet>;
  /** `null`: they are; else they are as they were. */
  readonly failure: unknown;
}

/** Opens and closes targets as they are configured. What waits for one stays, on disk and here, while it is opened anew. */
export class AlertOutlets {
  readonly #folder: string;
  readonly #log: Logger;
  readonly #book: AlertBook;
  readonly #queues = new Map<string, AlertQueue>();

  readonly #openTarget: typeof openTarget;

  /** @param stateDir alerts wait in its folder `alerts` */
  constructor(stateDir: string, log: Logger, book: AlertBook, open = openTarget) {
    this.#book = book;
    this.#openTarget = open;
    this.#folder = join(stateDir, 'alerts');
    this.#log = log;
  }

  /** Those whose settings stay the same go on. */
  async exchange(before: ReadonlyMap<string, Outlet>, was: AlertsConfig, config: AlertsConfig): Promise<Exchanged> {
    const wanted = settingsOf(config);
    const old = settingsOf(was);
    const ids = [...wanted.keys()];
    const changed = ids.filter((id) => before.has(id) && old.get(id) !== wanted.get(id));
    const outlets = new Map([...before].filter(([id]) => wanted.has(id) && !changed.includes(id)));
    const opened: string[] = [];
    const closed: string[] = [];
    try {
      // What may fail comes first, while all of before are still open.
      for (const id of ids.filter((id) => !before.has(id))) {
        outlets.set(id, await this.#open(id, config));
        opened.push(id);
      }
      // Two of one name at once would confuse who listens there.
      for (const id of changed) {
        closed.push(id);
        await before.get(id)?.courier.close();
        outlets.set(id, await this.#open(id, config));
        opened.push(id);
      }
    } catch (failure) {
      const anew = opened.filter((id) => !before.has(id));
      await Promise.all(opened.map((id) => outlets.get(id)?.courier.close()));
      for (const id of anew) this.#queues.delete(id);
      return { outlets: await this.#reopened(before, closed, was), failure };
    }
    await Promise.all([...before].filter(([id]) => !wanted.has(id)).map(([id, outlet]) => this.#end(id, outlet)));
    await this.#removeLeft(config);
    return { outlets, failure: null };
  }

  /** Those of before, with what was closed meanwhile opened anew. */
  async #reopened(
    before: ReadonlyMap<string, Outlet>,
    closed: readonly string[],
    was: AlertsConfig,
  ): Promise<Map<string, Outlet>> {
    const outlets = new Map(before);
    for (const id of closed) {
      try {
        outlets.set(id, await this.#open(id, was));
      } catch (error) {
        this.#log.error({ target: id }, `target ${id} cannot be opened again, alerts for it wait: ${messageOf(error)}`);
      }
    }
    return outlets;
  }

  async #end(id: string, outlet: Outlet | undefined): Promise<void> {
    await outlet?.courier.close();
    this.#queues.delete(id);
  }

  async #open(id: string, config: AlertsConfig): Promise<Outlet> {
    const log = this.#log;
    const { maxWaiting, maxMegabytes, giveUpAfterHours } = config;
    const limits = { maxAlerts: maxWaiting, maxBytes: maxMegabytes * BYTES_PER_MEGABYTE };
    const queue = this.#queues.get(id) ?? (await this.#openQueue(id, limits));
    const target = await this.#openTarget(id, config, log);
    queue.bound(limits);
    this.#queues.set(id, queue);
    const courier = new Courier({
      target,
      queue,
      book: this.#book,
      giveUpAfterMs: giveUpAfterHours * MS_PER_HOUR,
      clock: SYSTEM_CLOCK,
      random: Math.random,
      sleep: (ms, signal) => sleep(ms, undefined, { signal, ref: false }).catch(() => {}),
      log,
    });
    return { target, courier };
  }

  async #openQueue(id: string, limits: { maxAlerts: number; maxBytes: number }): Promise<AlertQueue> {
    const log = this.#log;
    const queue = await AlertQueue.open(join(this.#folder, id), limits, (text) =>
      log.warn({ target: id }, `alert for ${id}: ${text}`),
    );
    if (queue.length > 0) log.info({ target: id, waiting: queue.length }, `${queue.length} alerts wait for ${id}`);
    return queue;
  }

  async #removeLeft(config: AlertsConfig): Promise<void> {
    const isOlderThanMs = SYSTEM_CLOCK.unixMs() - config.giveUpAfterHours * MS_PER_HOUR;
    for (const { id, alerts } of await removeLeftQueues(this.#folder, targetsOf(config), isOlderThanMs)) {
      this.#log.info(
        { target: id, alerts },
        `${alerts} alerts for ${id} are removed: there is no such target any more`,
      );
    }
  }
}
