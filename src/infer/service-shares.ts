/** Who wants a slot. */
export interface Client {
  readonly camera: string;
  /** Its share of the slots' time beside that of others, where not all can have what they want. */
  readonly weight: number;
}

/** What a camera was served. */
export interface Account {
  weight: number;
  /** Slot time in milliseconds, what was long ago counting less: in units that all grow with time. */
  served: number;
}

/** What was served so long ago counts half. */
const HALF_LIFE_MS = 10_000;
/** After so many half-lives the units begin anew, and who was not served meanwhile is forgotten. */
const UNIT_HALF_LIVES = 30;
const FORGOTTEN_SHARE = 1e-6;

/**
 * Slot time that each camera was served lately, by its weight. All of it is halved in the same time, so that what cameras have had in
 * comparison changes only when one is served.
 */
export class ServiceShares {
  readonly #accounts = new Map<string, Account>();
  /** Of all accounts: what was served, and that times what was served for each unit of weight. */
  #served = 0;
  #levels = 0;
  /** When the units were those of milliseconds. */
  #originMs = 0;

  /** A camera's account, opened where there is none. */
  account({ camera, weight }: Client): Account {
    let account = this.#accounts.get(camera);
    if (account === undefined) {
      account = { weight, served: 0 };
      this.#accounts.set(camera, account);
    }
    if (account.weight !== weight) {
      this.#levels += account.served ** 2 * (1 / weight - 1 / account.weight);
      account.weight = weight;
    }
    return account;
  }

  /** @param ms more than was charged before; less where negative */
  charge(client: Client, ms: number, nowMs: number): void {
    const halfLives = (nowMs - this.#originMs) / HALF_LIFE_MS;
    if (halfLives > UNIT_HALF_LIVES) this.#renew(2 ** -halfLives, nowMs);
    const account = this.account(client);
    const before = account.served;
    account.served = Math.max(0, before + ms * 2 ** ((nowMs - this.#originMs) / HALF_LIFE_MS));
    this.#served += account.served - before;
    this.#levels += (account.served ** 2 - before ** 2) / account.weight;
  }

  /**
   * What it was served for each unit of weight, beside what those had who were served: the mean over all milliseconds that were served, each
   * with what its camera had. Cameras that want little count little in it, however many they are. 1 is just that, 2 twice as much.
   */
  ratio({ weight, served }: Account): number {
    return this.#levels <= 0 ? 1 : (served / weight) * (this.#served / this.#levels);
  }

  #renew(scale: number, nowMs: number): void {
    const least = this.#served * FORGOTTEN_SHARE;
    this.#served = 0;
    this.#levels = 0;
    for (const [camera, account] of this.#accounts) {
      if (account.served <= least) this.#accounts.delete(camera);
      account.served *= scale;
      if (!this.#accounts.has(camera)) continue;
      this.#served += account.served;
      this.#levels += account.served ** 2 / account.weight;
    }
    this.#originMs = nowMs;
  }
}
