import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Problem } from '../artifact/problems.ts';
import { messageOf, usageError } from '../errors.ts';
import type { Redactor } from '../secrets.ts';
import type { CameraConfig } from './schema.ts';

/**
 * Replaces `${NAME}` in every text by the environment's value; `$${` stands for a literal `${`. A value that lands in the
 * user part of a URL is percent-encoded there and registered as a secret.
 */
export function expandEnvironment(
  value: unknown,
  env: Readonly<Record<string, string | undefined>>,
  redactor: Redactor,
): { value: unknown; problems: Problem[] } {
  const problems: Problem[] = [];
  const walk = (node: unknown, path: readonly (string | number)[]): unknown => {
    if (Array.isArray(node)) return node.map((item, index) => walk(item, [...path, index]));
    if (node !== null && typeof node === 'object') {
      return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, walk(item, [...path, key])]));
    }
    if (typeof node !== 'string') return node;
    return node.replace(/\$?\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (text, name: string, offset: number) => {
      if (text.startsWith('$$')) return text.slice(1);
      const replacement = env[name];
      if (replacement === undefined) problems.push({ path, message: `the environment variable ${name} is not set` });
      if (!isInUserPart(node, offset, text.length)) return replacement ?? '';
      redactor.register(replacement ?? '');
      return encodeURIComponent(replacement ?? '');
    });
  };
  return { value: walk(value, []), problems };
}

function isInUserPart(template: string, offset: number, length: number): boolean {
  const before = template.slice(0, offset).replace(/\$\{\w+\}/g, '');
  const behind = template.slice(offset + length).replace(/\$\{\w+\}/g, '');
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#@]*$/i.test(before) && /^[^/?#]*@/.test(behind);
}

/** systemd's credentials. */
export interface Credentials {
  /** Where they lie; `null`: none were given. */
  readonly folder: string | null;
  /** A password is left out if none were given. */
  readonly mayMiss: boolean;
}

/**
 * Puts `username` and the password (the content of `passwordFile`, or a systemd credential) into the source's URL and takes the keys
 * away, so that nothing behind this point handles secrets in more than one form.
 *
 * @param folder what a relative `passwordFile` is relative to
 * @throws WeirError `password-file`, `password-credential`, `credentials-without-url`, `credentials-twice`, `credentials-without-user`
 */
export async function withCredentials(
  camera: CameraConfig,
  folder: string,
  credentials: Credentials,
): Promise<CameraConfig> {
  const { username, passwordFile, passwordCredential, ...rest } = camera;
  if (username === undefined && passwordFile === undefined && passwordCredential === undefined) return rest;
  const password = await passwordOf(camera, folder, credentials);
  const match = /^([a-z][a-z0-9+.-]*:\/\/)(?:([^\s/?#@]*)@)?(.*)$/is.exec(camera.source);
  if (match === null) {
    throw usageError(
      'credentials-without-url',
      `camera ${camera.id}: username and password need a source that is a URL`,
      'remove them, or give an rtsp:// or http:// source',
    );
  }
  const [, scheme = '', userInfo = '', address = ''] = match;
  if ((username !== undefined && userInfo !== '') || (password !== null && userInfo.includes(':'))) {
    throw usageError(
      'credentials-twice',
      `camera ${camera.id}: its credentials stand both in its URL and in username, passwordFile or passwordCredential`,
      'keep one of them',
    );
  }
  if (username === undefined && userInfo === '') {
    throw usageError('credentials-without-user', `camera ${camera.id}: a password without a user`, 'set username');
  }
  const user = username === undefined ? userInfo.split(':')[0] : encodeURIComponent(username);
  const secret = password === null ? (userInfo.split(':')[1] ?? '') : encodeURIComponent(password);
  return { ...rest, source: `${scheme}${user ?? ''}${secret === '' ? '' : `:${secret}`}@${address}` };
}

async function passwordOf(
  { id, passwordFile, passwordCredential }: CameraConfig,
  folder: string,
  credentials: Credentials,
): Promise<string | null> {
  if (passwordFile !== undefined && passwordCredential !== undefined) {
    throw usageError(
      'credentials-twice',
      `camera ${id}: it has both a passwordFile and a passwordCredential`,
      'keep one of them',
    );
  }
  if (passwordFile !== undefined) return await readPassword(id, resolve(folder, passwordFile));
  if (passwordCredential === undefined) return null;
  const remedy = `give Weir's unit LoadCredential=${passwordCredential}:FILE (\`systemctl edit weir\`) and restart it`;
  if (credentials.folder === null) {
    if (credentials.mayMiss) return null;
    const message = `camera ${id}: there is no credential "${passwordCredential}": systemd gave none`;
    throw usageError('password-credential', message, remedy);
  }
  try {
    return withoutNewline(await readFile(join(credentials.folder, passwordCredential), 'utf8'));
  } catch (cause) {
    const message = `camera ${id}: the credential "${passwordCredential}" cannot be read: ${messageOf(cause)}`;
    throw usageError('password-credential', message, remedy, cause);
  }
}

async function readPassword(camera: string, path: string): Promise<string> {
  try {
    return withoutNewline(await readFile(path, 'utf8'));
  } catch (cause) {
    throw usageError(
      'password-file',
      `camera ${camera}: its passwordFile ${path} cannot be read: ${messageOf(cause)}`,
      'check the path and that the user who runs Weir may read it',
      cause,
    );
  }
}

function withoutNewline(text: string): string {
  return text.replace(/\r?\n$/, '');
}
