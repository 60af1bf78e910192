import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { teach } from '../../src/commands/teach.ts';
import { temporaryFolder } from '../support/clips.ts';
import { writeTeachableLadder } from '../support/gate-clip.ts';
import { writeStudyPictures } from '../support/study.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const path = (name: string) => join(folder.path, name);

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeTeachableLadder(path('ladder'));
  await writeStudyPictures(path('photos'), { perClass: 3, classes: 2, folders: ['open', 'closed'] });
});
afterAll(() => folder.remove());

/** A data set: by class, pictures of `photos`. */
async function dataset(name: string, classes: Readonly<Record<string, readonly string[]>>): Promise<string> {
  for (const [className, pictures] of Object.entries(classes)) {
    await mkdir(path(`${name}/${className}`), { recursive: true });
    for (const [n, picture] of pictures.entries())
      await copyFile(path(`photos/${picture}.png`), path(`${name}/${className}/${n}.png`));
  }
  return path(name);
}
const OPEN = ['open/0', 'open/1', 'open/2'];
const CLOSED = ['closed/0', 'closed/1', 'closed/2'];

test.each([
  ['one example', 'teach-few-classes', { open: OPEN, closed: ['closed/0'] }, /"closed" 1/],
  ['the same frames', 'teach-same-frames', { open: OPEN, closed: OPEN }, /"closed" and "open" have the same frames/],
  ['a name that is taken', 'teach-class-name', { open: OPEN, other: CLOSED }, /cannot be named "other"/],
])('a class with %s ends the command as wrong usage, before any rung has run', async (_name, code, classes, words) => {
  const options = { dataset: await dataset(code, classes), name: 'gate', ladder: path('ladder'), seed: 1 };
  const places = { cache: path(`${code}-cache`), stateDir: path('state') };
  const taught = teach({ ...options, ...places, zero: true, teacher: true }, new AbortController().signal);
  await expect(taught).rejects.toMatchObject({ code, exitCode: 2, message: expect.stringMatching(words) });
  await expect(readdir(places.cache)).rejects.toMatchObject({ code: 'ENOENT' });
});

test.each([
  [
    'times in the wrong order',
    { footage: ['a=a.mp4'], truth: ['a.json'], from: 20, to: 10 },
    /--from 20 is not before/,
  ],
  ['a truth file without its recording', { truth: ['a.json'] }, /--truth says what a recording shows, and none is/],
  ['a list of no camera', { list: true }, /--list is about a camera of the running daemon, and none is named/],
  ['labels of no camera', { dataset: 'photos', labelOnly: true }, /--label-only is about a camera/],
])('%s end the command as wrong usage, naming the option', async (_what, options, words) => {
  const taught = teach({ ...options, zero: true, teacher: true, seed: 1 }, new AbortController().signal);
  await expect(taught).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(words) });
});
