import { stringify } from 'yaml';
import { loadConfig } from '../config/load.ts';
import { type Config, NO_PROFILE } from '../config/schema.ts';
import { findFfmpeg } from '../decode/ffmpeg.ts';
import { usageError } from '../errors.ts';
import { checkModels, ladderPath, readLadder } from '../infer/ladder.ts';
import { knownProviders } from '../infer/runtime.ts';
import { readProfile } from '../profile/artifact.ts';
import { Redactor } from '../secrets.ts';
import { planEngine } from './engine.ts';
import { settleCameras, usesOf } from './settled.ts';
import { print } from './shell.ts';

/** Reads a configuration and says whether it is right, as far as can be seen without opening a camera. */
export async function configCheck(path: string | undefined): Promise<number> {
  const config = await loadConfig({ path: path ?? null, env: process.env, redactor: new Redactor(), onlyLook: true });
  await checkParts(config);
  const cameras = config.cameras.length;
  const found = `right, ${cameras} camera${cameras === 1 ? '' : 's'}`;
  if (path !== undefined) print(`${path}: ${found}`);
  else print(`the built-in defaults: ${found}; yours: weir config check /etc/weir/weir.yaml`);
  return 0;
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

/** @throws WeirError for heads, groups, a ladder, rung, model, profile, provider or ffmpeg that is not there, or not right */
async function checkParts(config: Config): Promise<void> {
  const { ladder, premodel = null, rungs = null } = config;
  const cameras = await settleCameras(config, { ladder: await readLadder(ladderPath(ladder)), env: process.env });
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
}
