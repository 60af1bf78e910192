/** Bounds of `weir.v1+json`; docs/protocol.md tells them. */

/** Larger messages from clients close the connection with 1009. */
export const MAX_PAYLOAD_BYTES = 16 * 1024;
/** Brackets within brackets in a client's message. */
export const MAX_DEPTH = 8;
/** Ids in one list of a subscription. */
export const MAX_LISTED = 1_000;
export const MAX_ID_CHARACTERS = 200;
export const MAX_TOKEN_CHARACTERS = 512;
/** Frames that one message may come in. */
export const MAX_FRAGMENTS = 256;
/** Malformed messages before the connection is closed with 1008. */
export const MAX_MISTAKES = 10;
/** Subscribe messages: so many at once, then so many a second. */
export const SUBSCRIBE_BURST = 20;
export const SUBSCRIBES_PER_SECOND = 5;
export const AUTH_WITHIN_MS = 5_000;

/** Whether JSON nests deeper than `most`, without parsing it: what is in strings does not count. */
export function isDeeperThan(text: string, most: number): boolean {
  let depth = 0;
  let isInString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (isInString) {
      if (character === '\\') i++;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') {
      if (++depth > most) return true;
    } else if (character === '}' || character === ']') depth--;
  }
  return false;
}
