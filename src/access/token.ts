import { createHash, randomBytes } from 'node:crypto';

const PREFIX = 'weir_';
const BYTES = 32;
const TOKEN = /^weir_[A-Za-z0-9_-]{43}$/;

/** A new token: 256 random bits in base64url behind a prefix by which programs that look for leaked secrets know it. */
export function newToken(random: (bytes: number) => Buffer = randomBytes): string {
  return `${PREFIX}${random(BYTES).toString('base64url')}`;
}

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/**
 * SHA-256 of a token: what is kept of it. A slow hash with a salt protects passwords that a dictionary holds; of 256 random bits
 * no dictionary can be made, and a slow one would let strangers make the daemon work.
 */
export function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
