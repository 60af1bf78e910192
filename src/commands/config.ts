import { stringify } from 'yaml';
import { loadConfig } from '../config/load.ts';
import { Redactor } from '../secrets.ts';
import { print } from './shell.ts';

/** Reads a configuration and says whether it is right. */
export async function configCheck(path: string | undefined): Promise<number> {
  const config = await loadConfig({ path: path ?? null, env: process.env, redactor: new Redactor() });
  const cameras = config.cameras.length;
  print(`${path ?? 'defaults'}: right, ${cameras} camera${cameras === 1 ? '' : 's'}`);
  return 0;
}

/** Prints the configuration in force: defaults filled in, credentials blotted out. */
export async function configShow(path: string | undefined, options: { readonly json?: boolean }): Promise<number> {
  const redactor = new Redactor();
  const shown = redactor.redactDeep(await loadConfig({ path: path ?? null, env: process.env, redactor }));
  print(options.json ? JSON.stringify(shown, null, 2) : stringify(shown).trimEnd());
  return 0;
}
