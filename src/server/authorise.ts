import type { IncomingMessage } from 'node:http';
import { cameraUnknown } from '../errors.ts';
import {
  type Access,
  FORWARDED,
  isRefusal,
  mayRead,
  openTo,
  type Principal,
  type Refusal,
  TOKEN_MISSING,
} from '../principal.ts';
import { isForAllCameras, needOf } from './permissions.ts';

/** A request as far as it matters to who may. */
export interface Asked {
  readonly method: string;
  /** As registered; `null` where nothing is. */
  readonly route: string | null;
  readonly url: string;
  /** The camera that the path names. */
  readonly camera: string | null;
  readonly headers: IncomingMessage['headers'];
  /** Where it comes from. */
  readonly address: string;
}

/** What is answered in place of what was asked for. */
export interface Denied {
  readonly status: 400 | 401 | 403 | 404 | 429;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly retryAfterSeconds?: number;
}

const TOKEN_IN_URL = /weir_[\w-]{43}|[?&](?:access[_-]?token|token|authorization|bearer)=/i;

/** Tokens in URLs end up in logs, histories and Referer headers. */
export function hasTokenInUrl(url: string): boolean {
  return TOKEN_IN_URL.test(url);
}

/** Who asks, or why not. Nothing was registered for a path: below `/api/` only who may read learns that. */
export function authorise(asked: Asked, access: Access): Principal | Denied | null {
  if (hasTokenInUrl(asked.url)) return IN_URL;
  const { method, route } = asked;
  const need = route === null ? (asked.url.startsWith('/api/') ? 'read' : 'open') : needOf(method, route);
  if (need === null)
    return denied(403, { code: 'scope', message: 'nobody may ask this', remedy: 'ask for another path' });
  if (need === 'open') return null;
  const principal = principalOf(asked.headers, asked.address, access);
  if (isRefusal(principal)) return denied(principal.code === 'too-many-failures' ? 429 : 401, principal);
  if (need === 'admin' && principal.scope !== 'admin') return denied(403, SCOPE);
  if (asked.camera !== null && !mayRead(principal, asked.camera)) return unknownCamera(asked.camera);
  if (route !== null && isForAllCameras(route) && principal.cameras !== 'all') return denied(403, ALL_CAMERAS);
  return principal;
}

export function principalOf(headers: IncomingMessage['headers'], address: string, access: Access): Principal | Refusal {
  const { authorization } = headers;
  if (authorization === undefined) return openTo(headers, access) ?? (access.open === null ? TOKEN_MISSING : FORWARDED);
  const token = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
  return token === undefined ? access.check('', address) : access.check(token, address);
}

export function isDenied(answer: Principal | Denied | null): answer is Denied {
  return answer !== null && 'status' in answer;
}

/** Where a request or an upgrade comes from. */
export function addressOf({ socket }: Pick<IncomingMessage, 'socket'>): string {
  return socket.remoteAddress ?? '';
}

/** For handlers that get a camera in another way than by their path. @throws WeirError `camera-unknown` */
export function requireCamera(principal: Principal, camera: string): void {
  if (!mayRead(principal, camera)) throw cameraUnknown(camera);
}

function unknownCamera(camera: string): Denied {
  const { code, message, remedy } = cameraUnknown(camera);
  return { status: 404, code, message, remedy };
}

function denied(status: Denied['status'], refusal: Refusal): Denied {
  return { status, ...refusal };
}

const SCOPE: Refusal = {
  code: 'scope',
  message: 'this token may only read',
  remedy: 'use one with the scope admin: weir token create --scope admin',
};
const ALL_CAMERAS: Refusal = {
  code: 'scope',
  message: 'this is about all cameras, and this token is limited to some',
  remedy: 'use one that is for all cameras',
};
const IN_URL: Denied = {
  status: 400,
  code: 'token-in-url',
  message: 'a token stands in the URL, where logs and browsers keep it',
  remedy: 'send it in the header "Authorization: Bearer …", and revoke this one if others may have seen it',
};
