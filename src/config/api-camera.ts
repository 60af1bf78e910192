import { z } from 'zod';
import { type Problem, problemsOf } from '../artifact/problems.ts';
import { apiSourceProblem } from './api-source.ts';
import { cameraTls } from './camera-tls.ts';
import { type CameraConfig, camera, NO_HEADS } from './schema.ts';
import { sourceProblem } from './source.ts';

const READS_FILES = 'is not taken over the API: whoever holds a token must not read files of this machine';
const password = z.string('must be a text').min(1, 'must not be empty');

const { passwordFile: _, passwordCredential: __, paused: ___, ...taken } = camera.shape;
/** A camera's entry over the API, key by key. */
export const apiCamera = z.strictObject({
  ...taken,
  tls: cameraTls.omit({ caFile: true }).prefault({}),
  password: password.optional(),
});

/** A camera's entry as it came over the API, credentials in its source. Defaults are not filled in. */
export type ApiEntry = Readonly<Record<string, unknown>> & { readonly id: string };

/**
 * Checks a camera's entry that came over the API: as one of the YAML, but for what would read files or the environment.
 *
 * @returns the entry with `username` and `password` put into its source; or all that is wrong with it
 */
export function apiEntry(given: unknown): { readonly entry: ApiEntry; readonly camera: CameraConfig } | Problem[] {
  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    return [{ path: [], message: 'must be an object with keys' }];
  }
  const { password: secret, ...rest } = given as Record<string, unknown>;
  const problems = [...refused(rest), ...expanding(given, [])];
  const checked = camera.safeParse(rest);
  if (!checked.success) problems.push(...problemsOf(checked.error, apiCamera));
  if (secret !== undefined) {
    const text = password.safeParse(secret);
    if (!text.success) problems.push({ path: ['password'], message: text.error.issues[0]?.message ?? 'is wrong' });
    else if (rest.username === undefined) problems.push({ path: ['password'], message: 'needs a username' });
  }
  const source = checked.success ? withUser(checked.data.source, rest.username, secret) : null;
  if (checked.success && source === null) {
    problems.push({ path: ['username'], message: 'needs a source that is a URL without a user of its own' });
  }
  const wrong = checked.success ? apiSourceProblem(checked.data.source) : null;
  if (wrong !== null) problems.push({ path: ['source'], message: wrong });
  const joined = source === null || wrong !== null ? null : sourceProblem(source);
  if (joined !== null) problems.push({ path: ['source'], message: joined });
  if (!checked.success || source === null || problems.length > 0) return problems;
  const { username: _, ...entry } = rest;
  const { username: __, ...settled } = checked.data;
  return { entry: { ...entry, id: settled.id, source }, camera: { ...settled, source } };
}

/** Keys that name files of this machine. */
function refused(entry: Readonly<Record<string, unknown>>): Problem[] {
  const problems: Problem[] = [];
  for (const key of ['passwordFile', 'passwordCredential']) {
    if (entry[key] !== undefined) problems.push({ path: [key], message: READS_FILES });
  }
  if (entry.paused !== undefined) {
    const message = 'is for the configuration file: POST /api/cameras/ID/pause and …/resume do it here';
    problems.push({ path: ['paused'], message });
  }
  if ((entry.tls as { caFile?: unknown } | null | undefined)?.caFile !== undefined) {
    problems.push({ path: ['tls', 'caFile'], message: READS_FILES });
  }
  const heads = (of: unknown, path: (string | number)[]) => {
    const named = (of as { heads?: unknown } | null)?.heads;
    if (named !== undefined && named !== NO_HEADS) problems.push({ path: [...path, 'heads'], message: READS_FILES });
  };
  heads(entry, []);
  if (Array.isArray(entry.regions)) for (const [at, region] of entry.regions.entries()) heads(region, ['regions', at]);
  return problems;
}

/** Texts that the YAML would fill in from the environment. */
function expanding(value: unknown, path: readonly (string | number)[]): Problem[] {
  if (typeof value === 'string') {
    if (!/\$\{/.test(value)) return [];
    return [{ path, message: `holds "\${": the environment is not read over the API` }];
  }
  if (value === null || typeof value !== 'object') return [];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, item]) => expanding(item, [...path, key]));
}

/** @returns `null`: it has no place for them */
function withUser(source: string, username: unknown, secret: unknown): string | null {
  if (typeof username !== 'string') return source;
  const match = /^([a-z][a-z0-9+.-]*:\/\/)([^\s/?#@]*)(.*)$/is.exec(source);
  if (match === null || (match[3] ?? '').startsWith('@')) return null;
  const user = encodeURIComponent(username);
  const own = typeof secret === 'string' ? `${user}:${encodeURIComponent(secret)}` : user;
  return `${match[1]}${own}@${match[2]}${match[3]}`;
}
