import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { formatPath, type Problem, problemsOf } from '../artifact/problems.ts';
import { messageOf, usageError, type WeirError } from '../errors.ts';
import { type Config, configSchema } from './schema.ts';
import { expandEnvironment, withCredentials } from './secrets.ts';

/** Everything that a configuration is made from; nothing is read from elsewhere. */
export interface LoadOptions {
  readonly path: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads, expands and validates a configuration file; without one, all defaults.
 *
 * @throws WeirError `config-missing`, `config-invalid` with every problem, its path and its line
 */
export async function loadConfig({ path, env }: LoadOptions): Promise<Config> {
  if (path === null) return configSchema.parse({});
  const text = await readConfigFile(path);
  return await parseConfig(text, path, env);
}

/** The same for text already in memory; `path` is for messages and for relative paths in it. */
export async function parseConfig(text: string, path: string, env: LoadOptions['env']): Promise<Config> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  if (document.errors.length > 0) {
    throw configError(
      path,
      document.errors.map((error) => `line ${lineAt(error.pos[0])}: ${error.message}`),
    );
  }
  const lineOf = (at: Problem['path']): number | null => {
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
  };

  const expanded = expandEnvironment(document.toJS() ?? {}, env);
  const result = configSchema.safeParse(expanded.value);
  const problems: Problem[] = [...expanded.problems];
  if (!result.success) problems.push(...problemsOf(result.error, configSchema));
  else problems.push(...duplicateCameras(result.data));
  if (problems.length > 0 || !result.success) {
    throw configError(
      path,
      problems.map((problem) => describe(problem, lineOf(problem.path))),
    );
  }
  return await settle(result.data, dirname(resolve(path)));
}

/** Credentials put in place, and paths made absolute: they are relative to the file's folder, not to where Weir runs. */
async function settle(config: Config, folder: string): Promise<Config> {
  const absolute = (text: string) => (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : resolve(folder, text));
  const cameras = await Promise.all(config.cameras.map((camera) => withCredentials(camera, folder)));
  return {
    ...config,
    ladder: /[/.]/.test(config.ladder) ? absolute(config.ladder) : config.ladder,
    cameras: cameras.map((camera) => ({ ...camera, source: absolute(camera.source) })),
  };
}

/** Problems that concern several entries at once. */
function duplicateCameras(config: Config): Problem[] {
  const ids = config.cameras.map((camera) => camera.id);
  return ids.flatMap((id, index) => {
    const first = ids.indexOf(id);
    if (first === index) return [];
    return [
      { path: ['cameras', index, 'id'], message: `"${id}" is already the id of cameras[${first}]: ids must differ` },
    ];
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

async function readConfigFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw usageError(
      missing ? 'config-missing' : 'config-unreadable',
      missing ? `there is no configuration file ${path}` : `${path} cannot be read: ${messageOf(cause)}`,
      missing ? 'check the path, or begin with a copy of weir.example.yaml' : 'check its permissions',
      cause,
    );
  }
}
