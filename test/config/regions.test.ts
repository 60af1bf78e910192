import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toCameraSource } from '../../src/config/camera.ts';
import { parseConfig } from '../../src/config/load.ts';
import { regionEntries } from '../../src/config/region-entries.ts';
import { budgetShares } from '../../src/config/regions.ts';
import { camera as cameraSchema } from '../../src/config/schema.ts';
import { Redactor } from '../../src/secrets.ts';

const FOLDER = '/etc/weir';
const load = (camera: object) =>
  parseConfig(JSON.stringify({ cameras: [{ id: 'gate', source: 'a.mp4', ...camera }] }), {
    path: join(FOLDER, 'weir.yaml'),
    env: {},
    redactor: new Redactor(),
  });
const problemsOf = (camera: object) =>
  load(camera).then(
    () => [],
    (error: Error) =>
      error.message
        .split('\n')
        .slice(1)
        .map((line) => line.replace(/^ *(line \d+: )?cameras\[0\]\.?/, '')),
  );
const parsed = (camera: object) => cameraSchema.parse({ id: 'gate', source: 'a.mp4', ...camera });
const door = { id: 'door', region: [0, 0, 0.5, 1] };
const road = { id: 'road', region: [0.5, 0.5, 0.5, 0.5] };

describe('regions that are wrong', () => {
  test.each([
    [
      'one that is called as another',
      { regions: [door, road, { ...road, id: 'door' }] },
      ['regions[2].id: "door" is already the id of regions[0]: ids must differ'],
    ],
    [
      'one outside the frame',
      { regions: [{ ...door, region: [0.6, 0, 0.5, 1] }] },
      ['regions[0].region: must lie inside the frame: x + width and y + height at most 1, width and height above 0'],
    ],
    [
      'one without a part',
      { regions: [{ id: 'door' }] },
      ['regions[0].region: must be [x, y, width, height] in ratios of the frame, e.g. [0, 0.5, 1, 0.5]'],
    ],
    [
      'an id that cannot stand in a name',
      { regions: [{ ...door, id: 'front/door' }] },
      ['regions[0].id: must be 1 to 63 characters of a-z, 0-9, "-" and "_", beginning with a letter or digit'],
    ],
    [
      'a mistyped key',
      { regions: [{ ...door, group: ['dog'] }] },
      ['regions[0].group: unknown key (did you mean "groups"?)'],
    ],
    [
      'shares of more than there is',
      {
        regions: [
          { ...door, budgetShare: 0.7 },
          { ...road, budgetShare: 0.6 },
        ],
      },
      ['regions: their budgetShare add up to 1.3: they must add up to at most 1'],
    ],
    [
      'shares that leave nothing',
      { regions: [{ ...door, budgetShare: 1 }, road] },
      ['regions: the others\' budgetShare leave nothing for region "road": give it one, and them less'],
    ],
    [
      'a share of nothing',
      { regions: [{ ...door, budgetShare: 0 }] },
      ['regions[0].budgetShare: must be above 0 and at most 1: a part of the time that is there for a frame'],
    ],
    [
      'a crop of everything',
      { view: 'crop', regions: [{ id: 'all', region: [0, 0, 1, 1] }, door] },
      ['regions[0].view: crop needs a region that is smaller than the frame'],
    ],
    [
      'a region of the camera beside them',
      { region: [0, 0, 0.5, 0.5], regions: [door] },
      ['region: a camera with regions has none of its own: each of them says which part of the whole frame it is'],
    ],
    [
      'heads of the camera beside them',
      { heads: 'gate.json', regions: [door] },
      ['heads: heads belong to a region: name them there, under regions'],
    ],
    [
      'pictures that are to be kept',
      { examples: { keep: true }, regions: [door] },
      ['examples.keep: pictures of a camera with regions are not kept: they would not show a region as it is seen'],
    ],
  ])('%s', async (_what, camera, problems) => {
    expect(await problemsOf(camera)).toEqual(problems);
  });

  test('regions may overlap, and need not cover the frame', async () => {
    expect(await problemsOf({ regions: [door, { id: 'middle', region: [0.2, 0.2, 0.5, 0.5] }] })).toEqual([]);
  });
});

test('heads of a region lie beside the configuration', async () => {
  const { cameras } = await load({
    regions: [
      { ...door, heads: 'door.json' },
      { ...road, heads: 'none' },
    ],
  });
  expect(cameras[0]?.regions.map(({ heads }) => heads)).toEqual([join(FOLDER, 'door.json'), 'none']);
});

describe('a region as a camera of its own', () => {
  const given = parsed({
    groups: ['dog'],
    view: 'motion',
    maxReuseMs: 500,
    regions: [door, { ...road, groups: [], view: 'frame', generic: true, maxReuseMs: 0 }],
  });
  const [first, second] = regionEntries(given);

  test('has what its camera says where it says nothing', () => {
    const as = {
      id: 'gate/door',
      region: door.region,
      groups: ['dog'],
      view: 'motion',
      maxReuseMs: 500,
      generic: false,
    };
    expect(first?.camera).toMatchObject(as);
    expect(first?.camera.regions).toEqual([]);
  });

  test('has its own where it says something, be that nothing', () => {
    expect(second?.camera).toMatchObject({ id: 'gate/road', groups: [], view: 'frame', maxReuseMs: 0, generic: true });
  });
});

describe('budgetShares', () => {
  test.each([
    ['none says one', [{}, {}, {}, {}], [0.25, 0.25, 0.25, 0.25]],
    ['one says one', [{ budgetShare: 0.5 }, {}, {}], [0.5, 0.25, 0.25]],
    ['all say one, of less than there is', [{ budgetShare: 0.5 }, { budgetShare: 0.2 }], [0.5, 0.2]],
  ])('%s', (_what, regions, shares) => {
    expect(budgetShares(regions)).toEqual(shares);
  });
});

test('what is decoded of the picture is what holds all regions', () => {
  expect(toCameraSource(parsed({ regions: [door, road] })).region).toEqual([0, 0, 1, 1]);
  const two = [road, { id: 'low', region: [0.75, 0.25, 0.125, 0.5] }];
  expect(toCameraSource(parsed({ regions: two })).region).toEqual([0.5, 0.25, 0.5, 0.75]);
});
