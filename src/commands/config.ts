import { stringify } from 'yaml';
import { loadConfig } from '../config/load.ts';
import { type Config, NO_PROFILE } from '../config/schema.ts';
import { findFfmpeg } from '../decode/ffmpeg.ts';
import { usageError } from '../errors.ts';
import { checkModels, ladderPath, readLadder } from '../infer/ladder.ts';
import { knownProviders } from '../infer/runtime.ts';
import { readProfile } from '../profile/artifact.ts';
import { Redactor } from '../secrets.ts';
import { stateDirectory, withStateDirectory } from '../service/state-dir.ts';
import { type ConfigWarning, configWarnings, missingSources } from './config-doubts.ts';
import { unknownNames } from './config-names.ts';
import { planEngine } from './engine.ts';
import { settleCameras, usesOf } from './settled.ts';
import { print } from './shell.ts';

export interface CheckOptions {
  readonly json?: boolean;
  /** What is warned of is a mistake. */
  readonly strict?: boolean;
  readonly stateDir?: string;
}

/**
 * Reads a configuration and says whether it is right, as far as can be seen without opening a camera. What is right and will hardly be
 * meant is a warning.
 */
export async function configCheck(
  path: string | undefined,
  { json, strict, stateDir }: CheckOptions = {},
): Promise<number> {
  const redactor = new Redactor();
  const config = await loadConfig({
    ...{ path: path ?? null, env: process.env, redactor, onlyLook: true },
    alsoWrong: unknownNames,
  });
  const env = withStateDirectory(stateDir, process.env);
  const folder = stateDirectory(undefined, env);
  const warnings = redactor.redactDeep(await checkParts(config, env));
  const cameras = config.cameras.length;
  const isRefused = strict === true && warnings.length > 0;
  const exitCode = isRefused ? 2 : 0;
  if (json) {
    print(JSON.stringify({ schema: 'weir.config-check/1', file: path ?? null, cameras, warnings }, null, 2));
    return exitCode;
  }
  for (const { message } of warnings) note(`weir: ${message}`);
  if (warnings.length > 0)
    note(`weir: what cameras were taught, and those of the API, were looked for in ${folder} (--state-dir)`);
  const warned = warnings.length === 0 ? '' : `, ${warnings.length} warning${warnings.length === 1 ? '' : 's'}`;
  const found = `${isRefused ? 'not right by --strict' : 'right'}, ${cameras} camera${cameras === 1 ? '' : 's'}${warned}`;
  if (path !== undefined) print(`${path}: ${found}`);
  else print(`the built-in defaults: ${found}; yours: weir config check /etc/weir/weir.yaml`);
  return exitCode;
}

/** Prints the configuration in force: defaults filled in, credentials blotted out. */
export async function configShow(path: string | undefined, options: { readonly json?: boolean }): Promise<number> {
  const redactor = new Redactor();
  const shown = redactor.redactDeep(
    await loadConfig({ path: path ?? null, env: process.env, redactor, onlyLook: true }),
  );
  print(options.json ? JSON.stringify(shown, null, 2) : stringify(shown).trimEnd());
  return 0;
}

/**
 * @returns what is no mistake, and will hardly be meant
 * @throws WeirError for heads, groups, a ladder, rung, model, profile, provider or ffmpeg that is not there, or not right
 */
async function checkParts(config: Config, env: NodeJS.ProcessEnv): Promise<ConfigWarning[]> {
  const { ladder, premodel = null, rungs = null } = config;
  const surroundings = { ladder: await readLadder(ladderPath(ladder)), env };
  const cameras = await settleCameras(config, surroundings);
  const plan = await planEngine({ ladder, premodel, rungs, uses: usesOf(config, cameras) });
  await checkModels(plan.rungs);
  if (config.profile !== undefined && config.profile !== NO_PROFILE) await readProfile(config.profile, plan.ladder);
  const { executionProviders } = config.inference;
  const unknown = executionProviders.find((name) => !knownProviders().includes(name));
  if (unknown !== undefined) {
    throw usageError(
      'provider-missing',
      `inference.executionProviders: this ONNX Runtime does not know "${unknown}"`,
      `choose from ${knownProviders().join(', ')}`,
    );
  }
  await findFfmpeg(config.ffmpeg.path ?? null);
  return [...missingSources(config), ...(await configWarnings(config, cameras, surroundings))];
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
