import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settleCameras } from '../../src/commands/settled.ts';
import { requireSmoothedLabels, smoothingOf } from '../../src/commands/smoothed.ts';
import { configSchema } from '../../src/config/schema.ts';
import { smoothing } from '../../src/config/smoothing.ts';
import { ladderPath, readLadder } from '../../src/infer/ladder.ts';
import { temporaryFolder } from '../support/clips.ts';

const CLASSES = ['empty', 'car', 'moving van', 'other'].map((name) => ({ id: name, name }));
const LADDER = [
  { id: 'n02123045', name: 'tabby' },
  { id: 'n03977966', name: 'police van' },
];

function camera(...labels: string[]) {
  return {
    id: 'gate',
    smoothing: smoothing.parse({ labels: Object.fromEntries(labels.map((name) => [name, { leastSeconds: 2 }])) }),
  };
}

test.each([[['car']], [['Moving_Van', 'other']], [[]]])(
  'answers of the camera may have demands of their own: %j',
  (names) => {
    expect(() => requireSmoothedLabels(camera(...names), CLASSES)).not.toThrow();
  },
);

test('labels of the ladder may be named by their WordNet id', () => {
  expect(() => requireSmoothedLabels(camera('n02123045', 'police van'), LADDER)).not.toThrow();
});

test.each([
  ['carr', 'camera gate: smoothing.labels: "carr" (did you mean "car"?): the camera has no such answer'],
  [
    'lorry',
    'camera gate: smoothing.labels: "lorry" (known: empty, car, moving van, other): the camera has no such answer',
  ],
])('what is no answer of the camera is refused with the nearest that is: %s', (name, message) => {
  expect(() => requireSmoothedLabels(camera('car', name), CLASSES)).toThrow(
    expect.objectContaining({ code: 'smoothing-unknown-label', message }),
  );
});

test('smoothing that is switched off is none', () => {
  const question = { id: 'q' } as Parameters<ReturnType<typeof smoothingOf>>[0];
  expect(smoothingOf({ smoothing: smoothing.parse({ enabled: false }), settledRegions: [] })(question)).toBeNull();
  const usual = smoothingOf({ smoothing: smoothing.parse({}), settledRegions: [] })(question);
  expect(usual).toMatchObject({ evidence: 4, halfLifeSeconds: 4 });
});

test('questions of a region are smoothed as the region says', () => {
  const regions = { door: { halfLifeSeconds: 9 }, road: { enabled: false } };
  const settledRegions = Object.entries(regions).map(([id, own]) => ({
    id,
    camera: { smoothing: smoothing.parse(own) },
  }));
  const of = smoothingOf({ smoothing: smoothing.parse({}), settledRegions });
  const used = ['door', 'door/open', 'road'].map((id) => of({ id } as Parameters<typeof of>[0])?.halfLifeSeconds);
  expect(used).toEqual([9, 9, undefined]);
});

describe('a camera that is settled', () => {
  let state: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    state = await temporaryFolder();
    await mkdir(join(state.path, 'weir/heads'), { recursive: true });
    await writeFile(join(state.path, 'weir/heads/broken.json'), '{"schema":"weir.heads/9"}');
  });
  afterAll(() => state.remove());

  const settle = async (label: string, more: object = {}) => {
    const labels = { [label]: { leastSeconds: 1 } };
    const config = configSchema.parse({
      cameras: [{ id: 'gate', source: 'a.mp4', smoothing: { labels }, ...more }],
    });
    const ladder = await readLadder(ladderPath(config.ladder));
    return await settleCameras(config, { ladder, env: { XDG_STATE_HOME: state.path } });
  };

  test('may name labels of the ladder, and groups that are its answers', async () => {
    await expect(settle('tabby')).resolves.toHaveLength(1);
    await expect(settle('vehicle', { groups: ['vehicle'] })).resolves.toHaveLength(1);
  });

  test.each([
    ['tabbby', {}, /did you mean "tabby"/],
    ['tabby', { only: ['vehicle'] }, /"tabby".*the camera has no such answer/],
  ])('may not name %s with %j', async (label, more, message) => {
    await expect(settle(label, more)).rejects.toThrow(message);
  });

  test('may name labels that only some of its regions answer with, and none that none does', async () => {
    const regions = [
      { id: 'door', region: [0, 0, 0.5, 1], only: ['animal'] },
      { id: 'road', region: [0.5, 0, 0.5, 1], only: ['vehicle'] },
    ];
    await expect(settle('vehicle', { regions })).resolves.toHaveLength(1);
    await expect(settle('tabby', { regions })).rejects.toThrow(/camera gate: .*"tabby".*no such answer/);
  });

  test('is held to what a region demands of its own answers', async () => {
    const labels = { vehicle: { leastSeconds: 1 } };
    const region = { id: 'door', region: [0, 0, 0.5, 1], groups: ['animal'], smoothing: { labels } };
    await expect(settle('animal', { regions: [region, { ...region, id: 'b' }] })).rejects.toThrow(
      /camera gate\/door: .*"vehicle"/,
    );
  });

  test('is not refused for names that heads had which cannot be used any more', async () => {
    const [camera] = await settle('van-of-the-heads', { id: 'broken' });
    expect(camera?.headsProblem).not.toBeNull();
  });
});
