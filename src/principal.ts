/** Of what a token may do: `read` sees, `admin` also changes. */
export type Scope = 'read' | 'admin';

/** Who asks, as far as the daemon knows. */
export interface Principal {
  /** Of its token; `anyone` without one. */
  readonly name: string;
  readonly scope: Scope;
  readonly cameras: 'all' | readonly string[];
  /** Id of the token that was presented; absent without one. */
  readonly token?: string;
}

/** Why somebody is not let in. */
export interface Refusal {
  readonly code: 'token-missing' | 'token-invalid' | 'token-expired' | 'too-many-failures' | 'scope';
  readonly message: string;
  readonly remedy: string;
  readonly retryAfterSeconds?: number;
}

/** Decides who is let in. */
export interface Access {
  /** Who comes without a token; `null`: nobody may. */
  readonly open: Principal | null;
  /** Whether `open` does not hold for what a proxy passes on: whoever is behind it is not on this machine. */
  readonly isOpenToDirectOnly?: boolean;
  /**
   * Who a token stands for. One that is valid is let in from a blocked address too: it cannot have been guessed.
   *
   * @param address where it comes from, as the socket tells it
   */
  check(token: string, address: string): Principal | Refusal;
  /** Whether an address failed so often that it may not even try without a token in its request. */
  isBlocked(address: string): Refusal | null;
  /** What is true now of somebody who was let in before: the token may have expired, been revoked or been made less. Cheap. */
  recheck(principal: Principal): Principal | Refusal;
  /** Calls back when tokens have changed. @returns ends that */
  onChange(listener: () => void): () => void;
}

export const TOKEN_MISSING: Refusal = {
  code: 'token-missing',
  message: 'a token is needed here',
  remedy: 'send one in the header "Authorization: Bearer …": weir token create makes it',
};

export const FORWARDED: Refusal = {
  code: 'token-missing',
  message: 'a token is needed here: a proxy passed this on, so it may come from anywhere',
  remedy: `${TOKEN_MISSING.remedy}; server.auth: none asks nobody`,
};

/** What proxies tell of whom they speak for. */
const FORWARDING = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];

/** Who sends a request without a token; `null`: nobody may. @param headers names in small letters */
export function openTo(headers: Readonly<Record<string, unknown>>, access: Access): Principal | null {
  const isForwarded = FORWARDING.some((name) => headers[name] !== undefined);
  return access.isOpenToDirectOnly === true && isForwarded ? null : access.open;
}

export function isRefusal(answer: Principal | Refusal): answer is Refusal {
  return 'code' in answer;
}

export function mayRead(principal: Principal, camera: string): boolean {
  return principal.cameras === 'all' || principal.cameras.includes(camera);
}

export const ANYONE: Principal = { name: 'anyone', scope: 'admin', cameras: 'all' };

/** Nobody needs a token and none is known. */
export const OPEN_ACCESS: Access = {
  open: ANYONE,
  check: () => ANYONE,
  isBlocked: () => null,
  recheck: () => ANYONE,
  onChange: () => () => {},
};
