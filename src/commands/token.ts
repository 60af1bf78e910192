import { expiryOf } from '../access/expiry.ts';
import { actAsOwnerOf } from '../access/owner.ts';
import { digestOf, newToken } from '../access/token.ts';
import { changeTokens, newId, readTokens, type TokenEntry } from '../access/tokens-file.ts';
import { CAMERA_ID } from '../config/schema.ts';
import { usageError } from '../errors.ts';
import type { Scope } from '../principal.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import { stateDirectory } from '../service/state-dir.ts';
import { cameraDoubts, camerasConfigured, camerasKnown } from './camera-doubts.ts';
import { print } from './shell.ts';

export interface TokenOptions {
  readonly stateDir?: string;
}

export interface CreateOptions extends TokenOptions {
  readonly name: string;
  readonly scope: Scope;
  readonly cameras?: readonly string[];
  readonly expires?: string;
  /** A configuration that tells cameras. */
  readonly config?: string;
}

const NAME = /^[A-Za-z0-9][\w.-]{0,62}$/;

/**
 * Makes a token and prints it, this once.
 *
 * @throws WeirError `token-name`, `token-name-taken`, `camera-name`, `expires-invalid`; those of the tokens file and of the configuration
 */
export async function tokenCreate({ name, scope, cameras, expires, config, stateDir }: CreateOptions): Promise<number> {
  if (!NAME.test(name)) {
    throw usageError(
      'token-name',
      `--name: "${name}" cannot be a name`,
      'use up to 63 letters, digits, "-", "_" and "."',
    );
  }
  for (const camera of cameras ?? []) {
    if (CAMERA_ID.test(camera)) continue;
    throw usageError('camera-name', `--cameras: "${camera}" cannot be a camera’s id`, 'use a-z, 0-9, "-" and "_"');
  }
  if (cameras !== undefined && cameras.length === 0) {
    throw usageError('camera-name', '--cameras names none', 'name some, or leave it out for all');
  }
  const nowMs = SYSTEM_CLOCK.unixMs();
  const expiresAtMs = expires === undefined ? null : expiryOf(expires, nowMs);
  const token = newToken();
  const shown = stateDirectory(stateDir, process.env);
  // Before this process becomes the owner of another folder, who may not read it.
  const configured = config === undefined ? [] : await camerasConfigured(config);
  const folder = await actAsOwnerOf(shown);
  const doubts = cameraDoubts(cameras ?? [], [...configured, ...(await camerasKnown(folder))]);
  await changeTokens(folder, (tokens) => {
    if (tokens.some((other) => other.name === name)) {
      throw usageError(
        'token-name-taken',
        `there is a token "${name}" already`,
        `weir token revoke ${name}, or another name`,
      );
    }
    return [
      ...tokens,
      {
        id: newId(tokens),
        name,
        scope,
        cameras: cameras === undefined ? 'all' : [...new Set(cameras)],
        sha256: digestOf(token).toString('hex'),
        createdAtMs: nowMs,
        expiresAtMs,
      },
    ];
  });
  for (const doubt of doubts) note(`weir: ${doubt}`);
  print(token);
  note(`weir: kept in ${shown} only as a hash: note it now, it is not shown again`);
  return 0;
}

/** Prints what there is, without the tokens. @throws WeirError of the tokens file */
export async function tokenList({ stateDir, json }: TokenOptions & { readonly json?: boolean }): Promise<number> {
  const tokens = await readTokens(stateDirectory(stateDir, process.env));
  const nowMs = SYSTEM_CLOCK.unixMs();
  if (json) {
    const listed = tokens.map(({ sha256: _, ...told }) => ({ ...told, expired: isOver(told, nowMs) }));
    print(JSON.stringify({ schema: 'weir.token-list/1', tokens: listed }));
    return 0;
  }
  if (tokens.length === 0) note('weir: there are no tokens; weir token create makes one');
  for (const { id, name, scope, cameras, ...times } of tokens) {
    const end = times.expiresAtMs === null ? 'no end' : new Date(times.expiresAtMs).toISOString();
    const of = cameras === 'all' ? 'all cameras' : cameras.join(',');
    print(`${id}  ${name.padEnd(20)} ${scope.padEnd(5)} ${of}  ${end}${isOver(times, nowMs) ? ' (expired)' : ''}`);
  }
  return 0;
}

/** Takes tokens away; a running daemon lets them in no more within a second or two. @throws WeirError `token-unknown` */
export async function tokenRevoke(which: string, { stateDir }: TokenOptions): Promise<number> {
  const shown = stateDirectory(stateDir, process.env);
  let gone: readonly TokenEntry[] = [];
  await changeTokens(await actAsOwnerOf(shown), (tokens) => {
    gone = tokens.filter(({ name }) => name === which);
    if (gone.length === 0) gone = tokens.filter(({ id }) => id === which);
    if (gone.length === 0) {
      // Whoever pastes the token itself must not find it in a terminal's log.
      const told = /^weir_/.test(which) ? 'a token itself is not a name' : `there is no token "${which}" in ${shown}`;
      throw usageError('token-unknown', told, 'weir token list tells names and ids');
    }
    return tokens.filter((token) => !gone.includes(token));
  });
  note(`weir: revoked ${gone.map(({ name, id }) => `${name} (${id})`).join(', ')}`);
  return 0;
}

function isOver({ expiresAtMs }: Pick<TokenEntry, 'expiresAtMs'>, nowMs: number): boolean {
  return expiresAtMs !== null && expiresAtMs <= nowMs;
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
