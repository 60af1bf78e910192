import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/clips.ts';
import { expectDone, expectRefusal } from '../support/commands.ts';
import { weir } from '../support/daemon.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let config: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  config = join(folder.path, 'weir.yaml');
  await writeFile(
    config,
    `groups:
  delivery: [moving van, minivan, pickup]
cameras:
  - {id: gate, source: a.mp4, groups: [vehicle, delivery], ignore: [web site, nail]}
  - {id: yard, source: a.mp4, only: [vehicle, beagle]}
  - {id: door, source: a.mp4}
`,
  );
});
afterAll(() => folder.remove());

describe('weir groups', () => {
  test('lists groups with their size and first labels', async () => {
    const ended = await weir(['groups']);
    expectDone(ended);
    expect(ended.stdout).toMatch(/^bus +3 {2}minibus, school bus, trolleybus$/m);
    expect(ended.stdout).toMatch(/^dog +118 {2}Chihuahua, .*, …$/m);
  });

  test('prints the labels of groups, own ones, kinds and labels', async () => {
    const ended = await weir(['groups', 'Delivery', 'hypernym:bicycle', 'taxicab', '--config', config]);
    expectDone(ended);
    expect(ended.stdout.split('\n')).toEqual([
      'Delivery (3): minivan, moving van, pickup',
      'hypernym:bicycle (2): bicycle-built-for-two, mountain bike',
      'taxicab (1): cab',
      '',
    ]);
  });

  test('says what each camera of a configuration answers', async () => {
    const told = await weir(['groups', '--config', config]);
    expectDone(told);
    expect(told.stdout.split('\n')).toEqual([
      'gate: delivery (3), vehicle (69), 926 labels by themselves, ignored: 2',
      'yard: vehicle (72), other (927), 1 label by itself',
      'door: 1000 labels by themselves',
      '',
    ]);
    const { stdout } = await weir(['groups', '--config', config, '--json']);
    const [, yard] = stdout.split('\n');
    expect(JSON.parse(yard ?? '')).toEqual({
      camera: 'yard',
      answers: [
        { name: 'vehicle', id: 'vehicle', labels: 72 },
        { name: 'beagle', id: 'n02088364', labels: 1 },
        { name: 'other', id: 'other', labels: 927 },
      ],
      ignored: 0,
    });
  });

  test('a name that means nothing is told with the nearest', async () => {
    expectRefusal(await weir(['groups', 'vehicel']), 2, /no label "vehicel" \(did you mean "vehicle"\?\)/);
  });
});
