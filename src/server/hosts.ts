import { hostname, networkInterfaces } from 'node:os';
import { hostName, isLoopback } from '../loopback.ts';

/** Addresses of a machine change (DHCP, a cable that is plugged in): they are asked for again after this time. */
const ASK_AGAIN_MS = 10_000;

/** The names under which the daemon serves: what a Host header may say. */
export class ServedHosts {
  readonly #isOnlyLoopback: boolean;
  readonly #names: ReadonlySet<string>;
  readonly #own: () => readonly string[];
  #addresses: ReadonlySet<string> = new Set();
  #askedAtMs = Number.NEGATIVE_INFINITY;

  /**
   * @param host what it is bound to
   * @param names that lead here otherwise, e.g. by a proxy
   */
  constructor(host: string, names: readonly string[], own: () => readonly string[] = ownNames) {
    this.#isOnlyLoopback = isLoopback(host);
    this.#names = new Set([bare(host), ...names.map(bare)]);
    this.#own = own;
  }

  /**
   * A page elsewhere whose name is made to lead here (DNS rebinding) comes with its own name in Host: it is not served.
   *
   * @param header with or without port; absent in HTTP/1.0
   */
  has(header: string | undefined): boolean {
    const name = bare(hostName(header ?? ''));
    if (isLoopback(name) || this.#names.has(name)) return name !== '';
    return !this.#isOnlyLoopback && this.#ownAddresses().has(name);
  }

  #ownAddresses(): ReadonlySet<string> {
    const nowMs = performance.now();
    if (nowMs - this.#askedAtMs > ASK_AGAIN_MS) {
      this.#addresses = new Set(this.#own().map(bare));
      this.#askedAtMs = nowMs;
    }
    return this.#addresses;
  }
}

function ownNames(): string[] {
  const name = hostname();
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return [name, `${name.replace(/\..*$/, '')}.local`, ...addresses.map(({ address }) => address)];
}

function bare(name: string): string {
  return name
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/%.*$/, '')
    .replace(/\.$/, '')
    .toLowerCase();
}
