import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { CELLS, LUMA_HEIGHT, LUMA_WIDTH } from '../../src/scene/luma.ts';
import { MotionScene } from '../../src/scene/motion.ts';
import fc from '../support/property.ts';
import { endsOf, Player, type Rectangle, type Seen, SOURCE, statesOf, type Thing, tracksOf, USUAL } from './support.ts';

const CAR = { width: 24, height: 14, level: 200 };
const PERSON = { width: 7, height: 18, level: 40 };

/** A thing that crosses the picture from left to right, entering and leaving over the border. */
const crossing =
  (thing: Omit<Thing, 'x' | 'y'>, cellsPerSecond: number, y: number) =>
  (seconds: number): { things: Thing[] } => ({ things: [{ ...thing, x: -thing.width + cellsPerSecond * seconds, y }] });

/** Share of a rectangle that a region's box covers. */
function covered(box: readonly number[], { x, y, width, height }: Rectangle): number {
  const [left = 0, top = 0, w = 0, h = 0] = box;
  const across = Math.min((left + w) * LUMA_WIDTH, x + width) - Math.max(left * LUMA_WIDTH, x);
  const down = Math.min((top + h) * LUMA_HEIGHT, y + height) - Math.max(top * LUMA_HEIGHT, y);
  return (Math.max(0, across) * Math.max(0, down)) / (width * height);
}

const nothing = (reports: readonly Seen[]) => {
  expect(tracksOf(reports)).toEqual([]);
  expect(endsOf(reports)).toEqual([]);
};

describe('what moves', () => {
  test.each([1, 2, 5, 12.5, 30])('is one track from entering to leaving, at %f frames a second', (rate) => {
    const player = new Player({ rate });
    const cellsPerSecond = rate < 5 ? 14 : 30;
    nothing(player.play(rate < 5 ? 12 : 4));
    const seconds = (LUMA_WIDTH + CAR.width) / cellsPerSecond;
    const reports = player.play(seconds, crossing(CAR, cellsPerSecond, 40));
    reports.push(...player.play(4));
    const [track] = tracksOf(reports);
    expect(tracksOf(reports)).toHaveLength(1);
    expect(endsOf(reports)).toEqual([track]);
    expect(reports.flatMap(({ regions }) => regions).filter(({ isNew }) => isNew)).toHaveLength(1);
    const begin = reports.findIndex(({ regions }) => regions.length > 0);
    expect(begin / rate).toBeLessThan(rate < 5 ? 3.1 : 1.1);
    const end = reports.findIndex(({ ended }) => ended.length > 0);
    expect(end / rate - seconds).toBeLessThan(rate < 2 ? 4 : 2.5);
  });

  test('has a square box around it', () => {
    const player = new Player();
    player.play(4);
    const reports = player.play(5, crossing(CAR, 30, 40));
    let count = 0;
    reports.forEach(({ regions: [region] }, k) => {
      const x = -CAR.width + (30 * k) / 5;
      if (region === undefined || x < 5 || x + CAR.width > LUMA_WIDTH - 5) return;
      count++;
      const [, , width, height] = region.box;
      expect(width * SOURCE.width).toBeCloseTo(height * SOURCE.height, 3);
      expect(covered(region.box, { x, y: 40, width: CAR.width, height: CAR.height })).toBeGreaterThan(0.95);
      expect(width * LUMA_WIDTH).toBeLessThan(1.6 * CAR.width + 4);
    });
    expect(count).toBeGreaterThan(12);
  });

  test('is said to be cut while it touches the border', () => {
    const player = new Player();
    player.play(4);
    const reports = player.play(10, crossing({ ...CAR, width: 40 }, 20, 40));
    const cut = (from: number, to: number) =>
      reports.slice(from * player.rate, to * player.rate).flatMap(({ regions }) => regions.map(({ isCut }) => isCut));
    expect(cut(0, 1.8)).toContain(true);
    expect(cut(0, 1.8)).not.toContain(false);
    expect(cut(3, 7)).not.toContain(true);
    expect(cut(8.6, 10)).not.toContain(false);
  });

  test('keeps its id when it is small and fast', () => {
    const player = new Player();
    player.play(4);
    const reports = player.play(5, (seconds) => ({
      things: [{ x: 5 + 60 * seconds, y: 70 - 8 * seconds, width: 6, height: 5, level: 230 }],
    }));
    expect(tracksOf(reports)).toHaveLength(1);
  });

  test('two that cross are two, and keep their ids', () => {
    const player = new Player();
    player.play(4);
    const reports = player.play(7, (seconds) => ({
      things: [
        { ...CAR, x: -CAR.width + 28 * seconds, y: 42 },
        { ...CAR, x: LUMA_WIDTH - 28 * seconds, y: 52, level: 40 },
      ],
    }));
    expect(tracksOf(reports)).toHaveLength(2);
    const last = reports.filter(({ regions }) => regions.length === 2).at(-1);
    const first = reports.find(({ regions }) => regions.length === 2);
    const leftmost = (seen: Seen | undefined) => [...(seen?.regions ?? [])].sort((a, b) => a.box[0] - b.box[0])[0];
    expect(leftmost(first)?.track).not.toBe(leftmost(last)?.track);
  });

  test('is told largest first, at most so many, and not below a size', () => {
    const player = new Player({ settings: { maxRegions: 2, leastPixels: 60 } });
    player.play(4);
    const at = (seconds: number) => -20 + 25 * seconds;
    const reports = player.play(5, (seconds) => ({
      things: [
        { x: at(seconds), y: 5, width: 12, height: 10, level: 220 },
        { x: at(seconds), y: 25, width: 24, height: 14, level: 220 },
        { x: at(seconds), y: 50, width: 18, height: 12, level: 220 },
        { x: at(seconds), y: 75, width: 5, height: 5, level: 220 },
      ],
    }));
    const full = reports.filter(({ regions }) => regions.length === 2);
    expect(full.length).toBeGreaterThan(10);
    for (const { regions } of full.slice(3)) expect(regions[0]?.box[3]).toBeGreaterThan(regions[1]?.box[3] ?? 1);
    expect(tracksOf(reports)).toHaveLength(2);
    const small = new Player({ settings: { leastPixels: 60 } });
    small.play(4);
    nothing(small.play(6, crossing({ width: 4, height: 4, level: 230 }, 25, 70)));
  });

  test('is told before what stands still, however large that is', () => {
    const player = new Player({ settings: { maxRegions: 1 } });
    player.play(4);
    const lorry = { width: 40, height: 25, level: 200, y: 40 };
    const parked = { ...lorry, x: 60 };
    player.play(4, (s) => ({ things: [{ ...lorry, x: Math.min(60, -40 + 40 * s) }] }));
    const [still] = tracksOf(player.play(2, () => ({ things: [parked] })));
    const reports = player.play(7, (s) => ({ things: [parked, ...crossing(PERSON, 30, 5)(s).things] }));
    const passing = tracksOf(reports).filter((track) => track !== still);
    expect(passing).toHaveLength(1);
    expect(reports.filter(({ regions }) => regions[0]?.track === passing[0]).length).toBeGreaterThan(15);
    expect(reports.at(-1)?.regions).toMatchObject([{ track: still }]);
  });

  test('the same frames give the same reports', () => {
    const play = () => {
      const player = new Player({ seed: 9 });
      player.play(3);
      player.play(6, crossing(PERSON, 20, 50));
      return player.reports;
    };
    expect(play()).toEqual(play());
  });
});

describe('what is no thing', () => {
  const bands = (seconds: number) => (_x: number, y: number) =>
    1 + 0.06 * Math.sin(2 * Math.PI * (7.3 * seconds + y / 40));
  test.each([
    ['noise', () => ({ noise: 6 })],
    ['light that fades slowly', (seconds: number) => ({ light: () => 1 - seconds / 40 })],
    ['light that fades slowly on one side', (s: number) => ({ light: (x: number) => 1 - (s / 50) * (x / LUMA_WIDTH) })],
    ['exposure that jumps', (s: number) => ({ light: () => (s % 8 < 4 ? 1 : 0.6) })],
    ['mains flicker', (s: number) => ({ light: () => 1 + 0.1 * Math.sin(2 * Math.PI * 9.3 * s) })],
    ['mains flicker in bands', (s: number) => ({ light: bands(s) })],
    ['a flash', (s: number) => ({ things: s === 10 ? [{ ...CAR, x: 50, y: 40 }] : [] })],
    ['a lightning', (s: number) => ({ light: (x: number) => (s === 10 ? 1.2 + x / 200 : 1) })],
    [
      'a cloud’s shadow',
      (s: number) => ({
        light: (x: number) => 1 - 0.3 * Math.max(0, Math.min(1, 2.5 - Math.abs(x + 60 - 8 * s) / 15)),
      }),
    ],
    [
      'a moving shadow',
      (s: number) => ({ lights: [{ x: -20 + 20 * (s % 9), y: 40, width: 20, height: 30, factor: 0.6 }] }),
    ],
    [
      'a patch of sun',
      (s: number) => ({ lights: [{ x: -20 + 20 * (s % 9), y: 40, width: 20, height: 30, factor: 1.4 }] }),
    ],
  ])('%s', (_name, picture) => {
    const player = new Player();
    player.play(4, () => picture(0));
    nothing(player.play(25, (seconds) => picture(Math.round(seconds * 5) / 5)));
    expect(player.reports.at(-1)?.state).toBe('steady');
    // And it hides nothing: what moves is found meanwhile or after.
    expect(tracksOf(player.play(6, crossing(CAR, 30, 40)))).toHaveLength(1);
  });

  test('rain', () => {
    const player = new Player();
    const random = seededRandom(5);
    const rain = () => ({
      things: Array.from({ length: 40 }, () => ({
        x: random() * LUMA_WIDTH,
        y: random() * LUMA_HEIGHT,
        width: 1,
        height: 6,
        level: 200,
      })),
    });
    player.play(4, rain);
    nothing(player.play(30, rain));
    expect(
      tracksOf(player.play(6, (s) => ({ things: [...rain().things, ...crossing(CAR, 30, 40)(s).things] }))),
    ).toHaveLength(1);
  });

  test('leaves of a swaying tree, once they are known; a person before them is still found', () => {
    const player = new Player();
    const tree = (seconds: number): Thing[] =>
      Array.from({ length: 30 }, (_, k) => ({
        x: 100 + (k % 6) * 8 + 3 * Math.sin(2 * Math.PI * (0.7 + 0.03 * k) * seconds + k),
        y: 4 + Math.floor(k / 6) * 9 + 2 * Math.sin(2 * Math.PI * 0.9 * seconds + 2 * k),
        width: 5,
        height: 5,
        level: k % 2 === 0 ? 50 : 160,
      }));
    player.play(50, (s) => ({ things: tree(s) }));
    nothing(player.play(25, (s) => ({ things: tree(s + 50) })));
    const reports = player.play(12, (s) => ({ things: [...tree(s + 75), ...crossing(PERSON, 16, 30)(s).things] }));
    expect(tracksOf(reports)).toHaveLength(1);
  });
});

describe('what casts a shadow', () => {
  test('has a box without most of it', () => {
    const player = new Player();
    player.play(4);
    const reports = player.play(6, (seconds) => {
      const x = -30 + 30 * seconds;
      return {
        things: [{ ...CAR, x, y: 40 }],
        lights: [{ x: x - 4, y: 54, width: 30, height: 20, factor: 0.6 }],
      };
    });
    const middle = reports.filter(({ seconds }) => seconds > 6.4 && seconds < 8);
    expect(middle.length).toBeGreaterThan(5);
    for (const { regions } of middle) {
      expect(regions).toHaveLength(1);
      expect((regions[0]?.box[3] ?? 1) * LUMA_HEIGHT).toBeLessThan(1.3 * CAR.width + 10);
    }
  });
});

describe('what stands still', () => {
  const standing = (x: number): { things: Thing[] } => ({ things: [{ ...PERSON, x, y: 40 }] });
  const coming = (seconds: number) => standing(-7 + Math.min(80, 20 * seconds));
  const going = (seconds: number) => standing(73 + 20 * seconds);

  test('stays one track for ten minutes; when it leaves, nothing is left behind', () => {
    const player = new Player();
    player.play(4);
    const reports = player.play(6, coming);
    player.rate = 1;
    reports.push(...player.play(600, () => standing(73)));
    expect(reports.at(-1)?.regions[0]?.stillSeconds).toBeGreaterThan(590);
    player.rate = 5;
    reports.push(...player.play(6, going));
    const [track] = tracksOf(reports);
    expect(tracksOf(reports)).toHaveLength(1);
    expect(reports.filter(({ regions }) => regions.length === 0).length).toBeLessThan(15);
    const after = player.play(10);
    expect(endsOf([...reports, ...after])).toEqual([track]);
    expect(after.at(-1)?.foregroundRatio).toBeLessThan(0.002);
    expect(tracksOf(after.slice(10))).toEqual([]);
  });

  test('becomes background after the stated time; when it leaves, what was there before is known', () => {
    const player = new Player({ settings: { standSeconds: 30 } });
    player.play(4);
    const reports = player.play(6, coming);
    reports.push(...player.play(40, () => standing(73)));
    const [track] = tracksOf(reports);
    const [end] = reports.filter(({ ended }) => ended.length > 0);
    expect(endsOf(reports)).toEqual([track]);
    expect((end?.seconds ?? 0) - 8).toBeGreaterThan(28);
    expect((end?.seconds ?? 0) - 8).toBeLessThan(34);
    const left = player.play(6, going);
    expect(tracksOf(left).length).toBeLessThanOrEqual(1);
    const clear = left[Math.round(0.8 * player.rate)];
    expect((clear?.foregroundRatio ?? 1) * CELLS).toBeLessThan(1.5 * (PERSON.width + 2) * (PERSON.height + 2));
    nothing(
      player
        .play(3)
        .slice(8)
        .map((seen) => ({ ...seen, ended: [] })),
    );
  });

  test('and was there from the start leaves no ghost for long', () => {
    const player = new Player();
    player.play(6, () => standing(73));
    // Once it is clear of where it stood, that place is seen as what it is.
    const reports = player.play(6, going);
    expect(tracksOf(reports).length).toBeLessThanOrEqual(2);
    const clear = reports.find(({ seconds }) => seconds > 6 + 0.5 + 1.5);
    expect((clear?.foregroundRatio ?? 1) * CELLS).toBeLessThan(1.5 * (PERSON.width + 2) * (PERSON.height + 2));
    const after = player.play(6);
    expect(tracksOf(after.slice(8))).toEqual([]);
    expect(after.at(-1)?.foregroundRatio).toBeLessThan(0.002);
  });
});

describe('when all changes', () => {
  test('lights that are switched are learnt within seconds, and make no thing', () => {
    const player = new Player();
    player.play(5);
    const lamp = (x: number, y: number) => 0.45 + 0.9 * Math.exp(-((x - 40) ** 2 + (y - 20) ** 2) / 3000);
    const reports = player.play(6, () => ({ light: lamp }));
    nothing(reports);
    expect(statesOf(reports)).toEqual(['lights', 'steady']);
    expect(reports.find(({ state }) => state === 'steady')?.seconds).toBeLessThan(9);
    const later = player.play(6, (s) => ({ ...crossing(CAR, 30, 40)(s), light: lamp }));
    expect(tracksOf(later)).toHaveLength(1);
  });

  test('a moved camera is told after long, and its new view is learnt', () => {
    const player = new Player();
    player.play(5);
    const reports = player.play(20, () => ({ shift: 37 }));
    nothing(reports);
    expect(statesOf(reports)).toEqual(['steady', 'moved', 'steady']);
    const moved = reports.find(({ state }) => state === 'moved')?.seconds ?? 0;
    expect(moved - 5).toBeGreaterThan(8);
    const later = player.play(6, (s) => ({ ...crossing(CAR, 30, 40)(s), shift: 37 }));
    expect(tracksOf(later)).toHaveLength(1);
  });

  test('a camera that was nudged a little is background again within a minute or so', () => {
    const player = new Player();
    player.play(5);
    const reports = player.play(15, () => ({ shift: 2 }));
    player.rate = 2;
    reports.push(...player.play(70, () => ({ shift: 2 })));
    expect(statesOf(reports)).toEqual(['steady']);
    nothing(reports.slice(-20).map((seen) => ({ ...seen, ended: [] })));
  });

  test('something large before the lens is not a moved camera', () => {
    const player = new Player();
    player.play(5);
    const reports = player.play(6, (s) => ({
      things: [{ x: -120 + 50 * s, y: 5, width: 120, height: 80, level: 70 }],
    }));
    expect(statesOf([...reports, ...player.play(4)])).toEqual(['steady']);
  });

  test('a lorry that fills the gate is never told as nothing', () => {
    const player = new Player();
    player.play(5);
    const lorry = (s: number) => ({
      things: [{ x: -120 + 40 * Math.min(s, 3.5) + 2 * Math.sin(3 * s), y: 4, width: 125, height: 84, level: 70 }],
    });
    const reports = player.play(8, lorry);
    const filled = reports.slice(3 * player.rate);
    const unseen = filled.filter(({ regions }) => regions.length === 0);
    expect(unseen.length).toBeGreaterThan(20); // else this lorry is too small for the test
    for (const { held, state, foregroundRatio } of unseen) {
      expect([held, state]).toEqual(['change', 'steady']);
      expect(foregroundRatio).toBeGreaterThan(0.5);
    }
    const after = player.play(4).slice(player.rate);
    for (const { held, foregroundRatio } of after) expect([held, foregroundRatio < 0.05]).toEqual([null, true]);
  });

  test('without a picture nothing is said; with it, the background is known still', () => {
    const player = new Player();
    player.play(5);
    const black = player.play(8, () => ({ light: () => 0.02, noise: 1 }));
    nothing(black);
    for (const { held } of black) expect(held).toBe('blank');
    expect(statesOf(black)).toEqual(['steady', 'lights']);
    const back = player.play(4);
    nothing(back);
    expect(statesOf(back)).toEqual(['steady']);
  });
});

describe('time', () => {
  const going = (seconds: number) => crossing(CAR, 20, 40)(seconds);

  test('a frozen picture keeps what it shows, and unlearns no noise', () => {
    const player = new Player();
    player.play(4, () => ({ noise: 8 }));
    player.play(4, (s) => ({ ...going(s), noise: 8 }));
    const frozen = player.scene.frame({ ...going(4), noise: 8 });
    const track = player.show(frozen).regions[0]?.track;
    expect(track).toBeDefined();
    for (let k = 0; k < 250; k++) expect(player.show(frozen).regions[0]?.track).toBe(track);
    expect(tracksOf(player.play(4, (s) => ({ ...going(4 + s), noise: 8 })))).toEqual([track]);
    nothing(player.play(20, () => ({ noise: 8 })).slice(10));
  });

  test('a jump back ends all tracks once, and the background is known still', () => {
    const player = new Player();
    player.play(4);
    const before = tracksOf(player.play(3, going));
    expect(before).toHaveLength(1);
    player.seconds = 0;
    const first = player.show(player.scene.frame(going(3)));
    expect(first.ended).toEqual(before);
    expect(first.state).toBe('steady');
    const after = player.play(3, (s) => going(3 + s));
    expect(tracksOf(after)).toHaveLength(1);
    expect(tracksOf(after)).not.toEqual(before);
    expect(endsOf(after)).toEqual([]);
  });

  test('after a long gap the background is learnt anew', () => {
    const player = new Player();
    player.play(4);
    player.seconds += 600;
    expect(statesOf(player.play(4))).toEqual(['learning', 'steady']);
  });

  test('a thing lost for a moment keeps its id', () => {
    const player = new Player();
    player.play(4);
    const reports = player.play(8, (s) => (s > 3 && s < 3.9 ? {} : going(s)));
    expect(tracksOf(reports)).toHaveLength(1);
    expect(endsOf(reports)).toEqual([]);
  });
});

test('whatever the frames and times, boxes lie inside, and each track begins and ends once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 4 }), (seed, count) => {
      const random = seededRandom(seed);
      const player = new Player({ seed, settings: { maxRegions: 2 } });
      player.play(2);
      const begun = new Set<number>();
      const ended = new Set<number>();
      for (let k = 0; k < 50; k++) {
        if (random() < 0.05) player.seconds += (random() - 0.5) * 20;
        const wild = random() < 0.1;
        const {
          regions,
          ended: ends,
          foregroundRatio,
        } = player.show(
          player.scene.frame({
            shift: wild ? Math.floor(random() * 100) : 0,
            light: () => (wild ? random() * 2 : 1),
            things: Array.from({ length: count }, (_, n) => ({ ...CAR, x: k * 3 * (n + 1), y: 20 * n })),
          }),
        );
        for (const { box, track, isNew } of regions) {
          expect(box.every((value) => value >= 0)).toBe(true);
          expect(box[0] + box[2]).toBeLessThanOrEqual(1 + 1e-9);
          expect(box[1] + box[3]).toBeLessThanOrEqual(1 + 1e-9);
          expect(isNew).toBe(!begun.has(track));
          expect(ended.has(track)).toBe(false);
          begun.add(track);
        }
        for (const track of ends) {
          expect(begun.has(track) && !ended.has(track)).toBe(true);
          ended.add(track);
        }
        expect(foregroundRatio).toBeGreaterThanOrEqual(0);
        expect(foregroundRatio).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 5, seed: 1 },
  );
});

test('a frame of another size is refused', () => {
  const motion = new MotionScene(USUAL, SOURCE);
  expect(() => motion.observe(new Uint8Array(CELLS - 1), 0)).toThrow(/14400/);
});

test('tracks are numbered on from those before', () => {
  const player = new Player({ tracksBefore: 40 });
  expect(player.motion.tracks).toBe(40);
  player.play(4);
  expect(tracksOf(player.play(5, crossing(CAR, 30, 40)))).toEqual([41]);
  expect(player.motion.tracks).toBe(41);
});
