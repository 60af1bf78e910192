import type { Clock } from '../types.ts';
import { type Files, filesUnder, isThere, listMatching, orNull, readText } from './files.ts';
import { jetsonReader } from './jetson.ts';
import { linuxReader } from './linux.ts';
import { Monitor, type MonitorSettings } from './monitor.ts';
import type { DeviceReader } from './reader.ts';

export interface DeviceSettings extends Omit<MonitorSettings, 'reader'> {
  /** Folder in which `sys`, `proc`, `etc` and `run` are. */
  readonly root?: string;
  readonly files?: Files;
}

/** Finds out what machine this is and begins to read it. Resolves after the first reading; `stop` it when it is done with. */
export async function openDevice({
  root = '/',
  files = filesUnder(root),
  ...settings
}: DeviceSettings): Promise<Monitor> {
  return await Monitor.start({ ...settings, reader: await chooseReader(root, files, settings.clock) });
}

/** The reader of the machine whose files these are. */
export async function chooseReader(root: string, files: Files, clock: Clock): Promise<DeviceReader> {
  const compatible = (await treeText(files, 'compatible')) ?? '';
  const name = await nameOf(files);
  if (/\btegra/.test(compatible) || (await isThere(files, 'etc/nv_tegra_release'))) {
    return jetsonReader({ root, files, clock, name });
  }
  return linuxReader({ files, clock, name, isVirtual: await isVirtual(files) });
}

/** Where the kernel shows the device tree; in a container only one of them may be there. */
async function treeText(files: Files, name: string): Promise<string | null> {
  for (const folder of ['proc/device-tree', 'sys/firmware/devicetree/base']) {
    const text = await orNull(readText(files, `${folder}/${name}`));
    if (text !== null) return text;
  }
  return null;
}

async function nameOf(files: Files): Promise<string> {
  const board = await treeText(files, 'model');
  if (board !== null) return board;
  const info = (await orNull(readText(files, 'proc/cpuinfo'))) ?? '';
  const model = /^model name\s*:\s*(.+)$/m.exec(info)?.[1]?.trim() ?? 'unknown processor';
  const cores = (await listMatching(files, 'sys/devices/system/cpu', /^cpu\d+$/)).length;
  return `${model}, ${cores} core${cores === 1 ? '' : 's'}`;
}

async function isVirtual(files: Files): Promise<boolean> {
  const info = (await orNull(readText(files, 'proc/cpuinfo'))) ?? '';
  if (/^flags\s*:.*\bhypervisor\b/m.test(info)) return true;
  return await isThere(files, 'sys/hypervisor/type');
}
