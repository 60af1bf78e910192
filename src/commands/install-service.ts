import { existsSync } from 'node:fs';
import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { readTextFile } from '../artifact/read.ts';
import { writeArtifact } from '../artifact/write.ts';
import { loadConfig } from '../config/load.ts';
import { messageOf, usageError, WeirError } from '../errors.ts';
import { Redactor } from '../secrets.ts';
import { configurationOf, renderUnit } from '../service/unit.ts';
import { installationRoot, isBelowHome, isTemporary, requireReadable } from './service-access.ts';
import { print } from './shell.ts';
import { lastLines, requireSystemd, systemctl } from './systemctl.ts';

export interface InstallOptions {
  readonly config: string;
  readonly remove?: boolean;
  readonly dryRun?: boolean;
}

const UNIT = 'weir.service';
const UNIT_FILE = `/etc/systemd/system/${UNIT}`;
/** Where packages put units. */
const PACKAGED = ['/usr/lib/systemd/system', '/lib/systemd/system'].map((folder) => join(folder, UNIT));
const JOURNAL_LINES = 12;

const packageFolder = dirname(createRequire(import.meta.url).resolve('#package'));

/** Makes this installation of Weir a service of systemd, or takes that away again. */
export async function installService(options: InstallOptions): Promise<number> {
  if (options.remove === true) return await remove(options.dryRun === true);
  return await install(resolve(options.config), options.dryRun === true);
}

async function install(config: string, isDry: boolean): Promise<number> {
  if (!isDry) requireSystemd();
  await requireOurs();
  const unit = await unitFor(config);
  if (isDry) {
    print(unit.trimEnd());
    return 0;
  }
  if (!existsSync(config)) {
    await writeArtifact(config, await example());
    print(`wrote ${config}, an example without cameras: add yours, then \`systemctl reload weir\``);
  }
  await requireReadable(config, isBelowHome(config) ? dirname(config) : '/');
  await loadConfig({ path: config, env: process.env, redactor: new Redactor(), onlyLook: true });
  await writeArtifact(UNIT_FILE, unit);
  print(`wrote ${UNIT_FILE}`);
  await systemctl('daemon-reload');
  await systemctl('enable', UNIT);
  await systemctl('restart', UNIT).catch(async (cause: unknown) => {
    const lines = await lastLines(UNIT, JOURNAL_LINES);
    throw new WeirError('service-failed', `the service is installed, but does not start:\n${lines}`, {
      remedy: 'mend that and `systemctl restart weir`, or take it away with `weir install-service --remove`',
      cause,
    });
  });
  print('the service runs, and starts with the machine: `systemctl status weir`, `journalctl -u weir`');
  return 0;
}

async function unitFor(config: string): Promise<string> {
  const main = join(packageFolder, 'dist/src/main.js');
  const root = installationRoot(packageFolder);
  const places = [
    { path: process.execPath, bind: process.execPath },
    { path: main, bind: root },
    { path: config, bind: dirname(config) },
  ];
  for (const { path, bind } of places) {
    if (path !== config || isTemporary(path)) await requireReadable(path, isBelowHome(path) ? bind : '/');
  }
  return renderUnit(await readTextFile(join(packageFolder, 'systemd', UNIT), 'service unit'), {
    command: [process.execPath, main, 'run', '--config', config],
    configuration: config,
    fromHomes: [...new Set(places.flatMap(({ path, bind }) => (isBelowHome(path) ? [bind] : [])))],
  });
}

async function remove(isDry: boolean): Promise<number> {
  const unit = existsSync(UNIT_FILE) ? await readFile(UNIT_FILE, 'utf8') : null;
  const config = unit === null ? null : configurationOf(unit);
  if (config === null) {
    throw usageError(
      'service-absent',
      'no service was installed by `weir install-service`',
      isThereAnother() ? packagedRemedy() : 'there is nothing to remove',
    );
  }
  const dropIns = `${UNIT_FILE}.d`;
  const keepsExample = existsSync(config) && (await readFile(config, 'utf8')) === (await example());
  const files = [UNIT_FILE, ...(existsSync(dropIns) ? [dropIns] : []), ...(keepsExample ? [config] : [])];
  if (isDry) {
    print(`would stop and disable ${UNIT}, and remove its state and ${files.join(', ')}`);
    return 0;
  }
  requireSystemd();
  await systemctl('disable', '--now', UNIT);
  await systemctl('reset-failed', UNIT).catch(() => {}); // it had not failed; what has failed cannot be cleaned
  const unclean = await systemctl('clean', '--what=all', UNIT).then(
    () => null,
    (error: unknown) => messageOf(error),
  );
  for (const path of files) await rm(path, { recursive: true });
  await systemctl('daemon-reload');
  const folder = dirname(config);
  if ((await readdir(folder).catch(() => ['?'])).length === 0) await rmdir(folder);
  print(`stopped and disabled ${UNIT}; removed ${unclean === null ? 'its state, ' : ''}${files.join(', ')}`);
  if (existsSync(config)) print(`kept ${config}, which is yours`);
  if (unclean === null) return 0;
  throw new WeirError('service-state-kept', `the state of the service could not be removed: ${unclean}`, {
    remedy: 'remove /var/lib/private/weir and /var/lib/weir by hand',
  });
}

/** A unit of that name that somebody else brought is not replaced. */
async function requireOurs(): Promise<void> {
  const isForeign = existsSync(UNIT_FILE) && configurationOf(await readFile(UNIT_FILE, 'utf8')) === null;
  if (!isForeign && !PACKAGED.some((path) => existsSync(path))) return;
  const path = [UNIT_FILE, ...PACKAGED].find((file) => existsSync(file)) ?? UNIT_FILE;
  throw usageError('service-exists', `there is a ${path} that this command did not write`, packagedRemedy());
}

function isThereAnother(): boolean {
  return [UNIT_FILE, ...PACKAGED].some((path) => existsSync(path));
}

function packagedRemedy(): string {
  return 'a service that a package brought is ruled by `systemctl` and goes with its package; move any other away first';
}

async function example(): Promise<string> {
  return await readTextFile(join(packageFolder, 'weir.example.yaml'), 'example configuration');
}
