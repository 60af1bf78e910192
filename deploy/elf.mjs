// What a binary was compiled for, read from its first bytes.
import { closeSync, openSync, readSync } from 'node:fs';

const ELF = 0x7f454c46;
/** `e_machine` of the ELF header, with Node's names of the architectures. */
const MACHINES = new Map([
  [62, 'x64'],
  [183, 'arm64'],
]);
/** Mach-O (thin and universal), and by its first two bytes Windows' PE. */
const MACH_O = new Set([0xcffaedfe, 0xcefaedfe, 0xcafebabe]);
const PE = 0x4d5a;

/**
 * `x64` or `arm64` for Linux' own binaries of these architectures, `foreign` for any other binary, null for what is none.
 *
 * @param {string} path
 * @returns {'x64' | 'arm64' | 'foreign' | null}
 */
export function binaryOf(path) {
  const head = Buffer.alloc(20);
  const file = openSync(path, 'r');
  const size = readSync(file, head, 0, head.length, 0);
  closeSync(file);
  if (size < head.length) return null;
  const magic = head.readUInt32BE(0);
  if (magic === ELF) {
    const littleEndian = head[5] === 1;
    return (littleEndian && MACHINES.get(head.readUInt16LE(18))) || 'foreign';
  }
  return MACH_O.has(magic) || head.readUInt16BE(0) === PE ? 'foreign' : null;
}
