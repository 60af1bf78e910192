import { timingSafeEqual } from 'node:crypto';
import { type Access, type Principal, type Refusal, TOKEN_MISSING } from '../principal.ts';
import { Failures } from './failures.ts';
import { digestOf, isToken } from './token.ts';
import type { TokenEntry } from './tokens-file.ts';

interface Clock {
  unixMs(): number;
  monotonicMs(): number;
}

interface Known {
  readonly entry: TokenEntry;
  readonly digest: Buffer;
  readonly principal: Principal;
}

const ANEW = 'make another one: weir token create';

/** Lets in by tokens. */
export class TokenAccess implements Access {
  readonly open: Principal | null;
  readonly isOpenToDirectOnly = true;
  readonly #clock: Clock;
  readonly #failures = new Failures();
  readonly #listeners = new Set<() => void>();
  #known: readonly Known[] = [];

  /** @param open who comes without a token; `null`: nobody may */
  constructor(open: Principal | null, tokens: readonly TokenEntry[], clock: Clock) {
    this.open = open;
    this.#clock = clock;
    this.set(tokens);
  }

  /** Tokens that are valid now. */
  get valid(): number {
    return this.#known.filter(({ entry }) => !this.#isExpired(entry)).length;
  }

  /** Takes other tokens from now on, and tells that. */
  set(tokens: readonly TokenEntry[]): void {
    this.#known = tokens.map((entry) => ({
      entry,
      digest: Buffer.from(entry.sha256, 'hex'),
      principal: { name: entry.name, scope: entry.scope, cameras: entry.cameras, token: entry.id },
    }));
    for (const listener of this.#listeners) listener();
  }

  check(token: string, address: string): Principal | Refusal {
    const found = isToken(token) ? this.#find(digestOf(token)) : null;
    if (found !== null && !this.#isExpired(found.entry)) return found.principal;
    const blocked = this.isBlocked(address);
    if (blocked !== null) return blocked;
    this.#failures.record(address, this.#clock.monotonicMs());
    if (found !== null) return expired(found.entry);
    return { code: 'token-invalid', message: 'this token is not known', remedy: 'check that all of it was copied' };
  }

  isBlocked(address: string): Refusal | null {
    const retryAfterSeconds = this.#failures.blockedSeconds(address, this.#clock.monotonicMs());
    if (retryAfterSeconds === null) return null;
    return {
      code: 'too-many-failures',
      message: 'too many wrong tokens came from this address',
      remedy: `wait ${retryAfterSeconds} s; a valid token in the request itself is taken all the same`,
      retryAfterSeconds,
    };
  }

  recheck(principal: Principal): Principal | Refusal {
    if (principal.token === undefined) return this.open ?? TOKEN_MISSING;
    const known = this.#known.find(({ entry }) => entry.id === principal.token);
    if (known === undefined) {
      return { code: 'token-invalid', message: 'the token was revoked', remedy: ANEW };
    }
    return this.#isExpired(known.entry) ? expired(known.entry) : known.principal;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks at every token, in the same time whichever it is. */
  #find(digest: Buffer): Known | null {
    let found: Known | null = null;
    for (const known of this.#known) if (timingSafeEqual(known.digest, digest)) found = known;
    return found;
  }

  #isExpired({ expiresAtMs }: TokenEntry): boolean {
    return expiresAtMs !== null && this.#clock.unixMs() >= expiresAtMs;
  }
}

function expired({ name, expiresAtMs }: TokenEntry): Refusal {
  const when = new Date(expiresAtMs ?? 0).toISOString();
  return { code: 'token-expired', message: `the token "${name}" expired at ${when}`, remedy: ANEW };
}
