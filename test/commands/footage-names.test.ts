import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseFootages } from '../../src/commands/footage-source.ts';
import { temporaryFolder } from '../support/clips.ts';

test('footage without an id is named after its file, and takes nobody’s name', async () => {
  const folder = await temporaryFolder();
  onTestFinished(() => folder.remove());
  const [yard, gate] = ['Front Yard.mp4', 'gate.mp4'].map((name) => join(folder.path, name)) as [string, string];
  for (const path of [yard, gate]) await writeFile(path, '');
  expect(parseFootages([yard, gate, `gate=${yard}`, gate]).map(({ id }) => id)).toEqual([
    'front-yard',
    'gate-2',
    'gate',
    'gate-3',
  ]);
});
