import { isIP } from 'node:net';

/** An address may fail so often at once. */
const BURST = 20;
/** And then once in this time. */
const REFILL_MS = 3_000;
/** More addresses than these are not kept: the one that failed longest ago is forgotten. */
const MAX_ADDRESSES = 4_096;

interface Bucket {
  readonly left: number;
  readonly atMs: number;
}

/** Counts failures by address: a bucket that a failure takes from and that time fills. Its memory is bounded. */
export class Failures {
  readonly #buckets = new Map<string, Bucket>();

  /** @param nowMs of a monotonic clock */
  record(address: string, nowMs: number): void {
    const key = networkOf(address);
    const left = Math.max(0, this.#left(key, nowMs) - 1);
    this.#buckets.delete(key); // so that it goes to the end: the order is that of the last failures
    this.#buckets.set(key, { left, atMs: nowMs });
    if (this.#buckets.size <= MAX_ADDRESSES) return;
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }

  /** Seconds until an address may fail again; `null` if it may now. */
  blockedSeconds(address: string, nowMs: number): number | null {
    const left = this.#left(networkOf(address), nowMs);
    return left >= 1 ? null : Math.max(1, Math.ceil(((1 - left) * REFILL_MS) / 1000));
  }

  get size(): number {
    return this.#buckets.size;
  }

  #left(key: string, nowMs: number): number {
    const bucket = this.#buckets.get(key);
    return bucket === undefined ? BURST : Math.min(BURST, bucket.left + (nowMs - bucket.atMs) / REFILL_MS);
  }
}

/** What counts as one place: an IPv4 address, also one written as IPv6; of IPv6 the /64, of which one household has all addresses. */
export function networkOf(address: string): string {
  const plain = address.replace(/%.*$/, '').toLowerCase();
  const v4 = /^(?:0*:)*:?(?:ffff:)(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1];
  if (v4 !== undefined) return v4;
  if (isIP(plain) !== 6) return plain;
  const [head = '', tail] = plain.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const groups = [...first, ...Array<string>(zeros).fill('0'), ...last];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
