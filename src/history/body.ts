import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Sqlite, Value } from './sqlite.ts';

/** What messages have in common, the most frequent last: where deflate looks first. Never change it: it is dictionary 1. */
export const DICTIONARY: Buffer = Buffer.from(
  [
    '"state":"connecting","reason":"stalled","degraded":[],"gear":1,"agreement":{"default":0.97}',
    '{"type":"camera","epoch":"","seq":1,"camera":"gate","state":"live","reason":"","degraded":["drift"]}',
    '{"type":"event","epoch":"","seq":1,"camera":"gate","question":"default","id":"","label":"person","phase":"begin","phase":"end","atMs":17,"track":',
    '"audit":{"label":"vehicle","classId":"","agrees":true},"reusedAgeMs":,"stop":"unchanged","stop":"still","stop":"budget","stop":"top","stop":"fixed"',
    '"label":null,"classId":null,"confidence":null,"top":[],"stable":null,"changed":true,"path":[],"operatingPoint":"accurate","operatingPoint":"fast"',
    '{"state":"unreadable","source":"none","state":"floating","state":"pinned","reasons":["governor is schedutil"',
    '{"rung":"lite4@300-int8","waitMs":0.{"rung":"lite2@300-int8","waitMs":0.{"rung":"lite1@240-int8","waitMs":0.',
    '"view":{"kind":"crop","box":[0,0,1,1]},"view":{"kind":"motion","box":[0.12,0.25,0.5,0.75],"track":',
    '{"type":"label","epoch":"","seq":10,"camera":"gate","question":"default","stream":1,"ptsSeconds":1.2,"arrivedAtMs":17,',
    '"decidedAtMs":17,"view":{"kind":"frame","box":[0,0,1,1]},"label":"espresso","classId":"n0","confidence":0.9,"top":[{"label":"',
    '","classId":"n0","confidence":0.},{"label":"","classId":"n0","confidence":0.}],"stable":{"label":"espresso","sinceMs":17},"changed":false,',
    '"path":[{"rung":"lite0@160-int8","waitMs":0.02,"runMs":12.3,"confidence":0.9}],"stop":"accepted","budgetMs":100,"spentMs":12.3,',
    '"operatingPoint":"balanced","clock":{"state":"pinned","source":"cpufreq","reasons":[]},"emittedAtMs":17}',
  ].join(''),
);

/** The window holds the dictionary and a label; a larger one saves nothing (docs/history.md). */
const SETTINGS = { windowBits: 12, memLevel: 5, level: 6 } as const;

/** A message's text, a quarter as large; without the dictionary it were half. */
export function pack(text: string, dictionary: Uint8Array): Buffer {
  return deflateRawSync(Buffer.from(text), { ...SETTINGS, dictionary });
}

/** @throws where it is none that `pack` made with this dictionary */
export function unpack(body: Uint8Array, dictionary: Uint8Array): string {
  return inflateRawSync(body, { dictionary }).toString();
}

/** The dictionary that a database's messages were made with. */
export function dictionaryOf(database: Sqlite): Uint8Array {
  const bytes = database.prepare('SELECT bytes FROM dictionaries WHERE id = 1').get()?.bytes;
  return bytes instanceof Uint8Array ? bytes : new Uint8Array(0);
}

/** Reads texts; `null` where the disk did not keep what it was given. */
export function textFrom(dictionary: Uint8Array): (body: Value | undefined) => string | null {
  return (body) => {
    try {
      return body instanceof Uint8Array ? unpack(body, dictionary) : null;
    } catch {
      return null;
    }
  };
}
