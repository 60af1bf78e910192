import { dirname, resolve } from 'node:path';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { formatPath, type Problem, problemsOf } from '../artifact/problems.ts';
import { readTextFile } from '../artifact/read.ts';
import { messageOf, usageError, type WeirError } from '../errors.ts';
import { type Redactor, secretsOf } from '../secrets.ts';
import { SHIPPED_LADDER } from '../types.ts';
import { withAlertSecrets } from './alert-secrets.ts';
import { fileProblems } from './files.ts';
import { type Config, configSchema, NO_HEADS, NO_PROFILE } from './schema.ts';
import { type Credentials, expandEnvironment, withCredentials } from './secrets.ts';

/** Everything that a configuration is made from; nothing is read from elsewhere. */
interface LoadOptions {
  readonly path: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Learns every secret that the configuration holds. */
  readonly redactor: Redactor;
  /** Passwords that only the service has may be left out: the configuration is only looked at. */
  readonly onlyLook?: boolean;
  /** What whoever asks finds wrong with it, as it was written: told beside all else. */
  readonly alsoWrong?: (data: unknown, absolute: (path: string) => string) => Promise<readonly Problem[]>;
}

/** What follows a syntax error is mostly its consequence. */
const MAX_SYNTAX_ERRORS = 3;

/**
 * Reads, expands and validates a configuration file; without one, all defaults.
 *
 * @throws WeirError `config-missing`, `config-invalid` with every problem, its path and its line
 */
export async function loadConfig(options: LoadOptions): Promise<Config> {
  if (options.path === null) return configSchema.parse({});
  return await parseConfig(await readTextFile(options.path, 'config'), { ...options, path: options.path });
}

/** The same for text already in memory; `path` is for messages and for relative paths in it. */
export async function parseConfig(text: string, options: LoadOptions & { readonly path: string }): Promise<Config> {
  const { path, env, redactor } = options;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  if (document.errors.length > 0) {
    const told = document.errors.slice(0, MAX_SYNTAX_ERRORS);
    throw configError(
      path,
      told.map((error) => `line ${lineAt(error.pos[0])}: ${error.message}`),
    );
  }
  const expanded = expandEnvironment(toData(document, path), env, redactor);
  const result = configSchema.safeParse(expanded.value);
  const folder = dirname(resolve(path));
  const credentials = { folder: env.CREDENTIALS_DIRECTORY ?? null, mayMiss: options.onlyLook === true };
  const absolute = absoluteIn(folder);
  const files = await fileProblems(expanded.value, { absolute, folder, credentials, redactor });
  const problems: Problem[] = [
    ...expanded.problems,
    ...(result.success ? [] : problemsOf(result.error, configSchema)),
    ...duplicateCameras(expanded.value),
    ...((await options.alsoWrong?.(expanded.value, absolute)) ?? []),
    ...files,
  ];
  const [alone] = files;
  if (alone !== undefined && problems.length === 1) {
    const { code, message, remedy } = alone.error;
    const line = lineOf(document, alone.path, lineAt);
    throw usageError(code, `${path}${line === null ? '' : `, line ${line}`}: ${message}`, remedy, alone.error);
  }
  if (problems.length > 0 || !result.success) {
    const told = problems.map((problem) => ({ problem, line: lineOf(document, problem.path, lineAt) }));
    told.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
    throw configError(
      path,
      told.map(({ problem, line }) => redactor.redact(describe(problem, line))),
    );
  }
  const config = await settle(result.data, folder, { ...credentials, redactor });
  for (const { source } of config.cameras) for (const secret of secretsOf(source)) redactor.register(secret);
  return config;
}

function toData(document: Document, path: string): unknown {
  try {
    return document.toJS() ?? {};
  } catch (cause) {
    throw configError(path, [messageOf(cause)]);
  }
}

/** The line of the key at a path, or of the nearest thing around it. */
function lineOf(document: Document, at: Problem['path'], lineAt: (offset: number) => number): number | null {
  for (let length = at.length; length > 0; length--) {
    const parent = document.getIn(at.slice(0, length - 1), true);
    const key = at[length - 1];
    const pair = (parent as { items?: { key?: unknown }[] } | undefined)?.items?.find(
      (item) => isNode(item.key) && String(item.key) === String(key),
    );
    const node = pair?.key ?? document.getIn(at.slice(0, length), true);
    if (isNode(node) && node.range) return lineAt(node.range[0]);
  }
  return null;
}

/** Credentials put in place, and paths made absolute: they are relative to the file's folder, not to where Weir runs. */
async function settle(
  config: Config,
  folder: string,
  { redactor, ...credentials }: Credentials & Pick<LoadOptions, 'redactor'>,
): Promise<Config> {
  const absolute = absoluteIn(folder);
  const cameras = await Promise.all(config.cameras.map((camera) => withCredentials(camera, folder, credentials)));
  return {
    ...config,
    ladder: config.ladder === SHIPPED_LADDER ? config.ladder : absolute(config.ladder),
    ...(config.premodel === undefined ? {} : { premodel: absolute(config.premodel) }),
    ...(config.profile === undefined || config.profile === NO_PROFILE ? {} : { profile: absolute(config.profile) }),
    ffmpeg: config.ffmpeg.path === undefined ? {} : { path: absolute(config.ffmpeg.path) },
    alerts: await withAlertSecrets(config.alerts, absolute, redactor),
    server: ownFiles(config.server, absolute),
    cameras: cameras.map((camera) => ({
      ...camera,
      source: absolute(camera.source),
      ...ownHeads(camera, absolute),
      tls: camera.tls.caFile === undefined ? camera.tls : { ...camera.tls, caFile: absolute(camera.tls.caFile) },
      regions: camera.regions.map((region) => ({ ...region, ...ownHeads(region, absolute) })),
    })),
  };
}

function absoluteIn(folder: string): (text: string) => string {
  return (text) => (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : resolve(folder, text));
}

/** The heads file that an entry names, by its absolute path. */
function ownHeads({ heads }: { readonly heads?: string | undefined }, absolute: (path: string) => string) {
  return heads === undefined || heads === NO_HEADS ? {} : { heads: absolute(heads) };
}

function ownFiles({ tls, ...server }: Config['server'], absolute: (path: string) => string): Config['server'] {
  if (tls === undefined) return server;
  return { ...server, tls: { certFile: absolute(tls.certFile), keyFile: absolute(tls.keyFile) } };
}

/** Looked for in the raw data, so that they are told beside whatever else is wrong. */
function duplicateCameras(data: unknown): Problem[] {
  const cameras = (data as { cameras?: unknown } | null)?.cameras;
  const ids = Array.isArray(cameras) ? cameras.map((camera) => (camera as { id?: unknown } | null)?.id) : [];
  return ids.flatMap((id, index) => {
    const first = ids.indexOf(id);
    if (first === index || id === undefined) return [];
    const message = `"${id}" is already the id of cameras[${first}]: ids must differ`;
    return [{ path: ['cameras', index, 'id'], message }];
  });
}

function describe({ path, message }: Problem, line: number | null): string {
  return `${line === null ? '' : `line ${line}: `}${formatPath(path) || 'the file'}: ${message}`;
}

function configError(path: string, problems: readonly string[]): WeirError {
  const noun = problems.length === 1 ? 'problem' : 'problems';
  return usageError(
    'config-invalid',
    `${path} has ${problems.length} ${noun}:${problems.map((problem) => `\n  ${problem}`).join('')}`,
    'correct it and try `weir config check`; weir.example.yaml documents every key',
  );
}
