import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseArtifact } from '../artifact/read.ts';
import { writeArtifact } from '../artifact/write.ts';
import { messageOf, usageError } from '../errors.ts';
import { withLock } from './lock.ts';

export const TOKENS_FILE = 'tokens.json';

const MAX_TOKENS = 1000;

const entry = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{8}$/, 'must be 8 hexadecimal digits'),
  name: z.string().regex(/^[A-Za-z0-9][\w.-]{0,62}$/, 'must be a name'),
  scope: z.enum(['read', 'admin']),
  cameras: z.union([z.literal('all'), z.array(z.string().min(1)).min(1)]),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'),
  createdAtMs: z.number().int().nonnegative(),
  /** From then on it is not taken any more; `null`: never. */
  expiresAtMs: z.number().int().nonnegative().nullable(),
});

/** `weir.tokens/1` */
const tokensSchema = z.strictObject({
  schema: z.literal('weir.tokens/1'),
  tokens: z.array(entry).max(MAX_TOKENS),
});

/** What is kept of a token; never the token itself. */
export type TokenEntry = z.infer<typeof entry>;

/**
 * The tokens of a state directory; none where there is no file.
 *
 * @throws WeirError `tokens-unreadable`, `tokens-invalid`
 */
export async function readTokens(folder: string): Promise<readonly TokenEntry[]> {
  const path = join(folder, TOKENS_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw usageError(
      'tokens-unreadable',
      `the tokens in ${path} cannot be read: ${messageOf(cause)}`,
      'check the file and its permissions: it must belong to the user who runs Weir',
      cause,
    );
  }
  return parseArtifact(text, path, { what: 'tokens', schema: tokensSchema }).tokens;
}

/**
 * Changes the tokens of a state directory, one writer at a time, whole or not at all, readable for its owner alone.
 *
 * @throws WeirError `tokens-unreadable`, `tokens-invalid`, `tokens-locked`, `write-failed`; whatever `change` throws
 */
export async function changeTokens(
  folder: string,
  change: (tokens: readonly TokenEntry[]) => readonly TokenEntry[],
): Promise<void> {
  const path = join(folder, TOKENS_FILE);
  await withLock(`${path}.lock`, async () => {
    const tokens = change(await readTokens(folder));
    if (tokens.length > MAX_TOKENS) {
      throw usageError('tokens-too-many', `there are ${MAX_TOKENS} tokens already`, 'revoke some: weir token list');
    }
    const text = JSON.stringify({ schema: 'weir.tokens/1', tokens }, null, 2);
    await writeArtifact(path, `${text}\n`, { isPrivate: true });
  });
}

/** An id that none of the tokens has. */
export function newId(taken: readonly TokenEntry[]): string {
  for (;;) {
    const id = randomBytes(4).toString('hex');
    if (!taken.some((token) => token.id === id)) return id;
  }
}
