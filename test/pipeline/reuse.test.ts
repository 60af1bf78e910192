import { describe, expect, test } from 'vitest';
import { answerOf, ask, Looking, type Shown } from '../support/looking.ts';

const ASKED = 'accepted';
const AGAIN = 'unchanged';

describe('an unchanged scene', () => {
  test('is told again, with the age of the answer and without a run', async () => {
    const own = new Looking();
    const first = answerOf(await own.look());
    const again = answerOf(await own.look());
    const later = answerOf(await own.look());
    expect(first.stop).toBe(ASKED);
    expect(again).toMatchObject({ stop: AGAIN, path: [], top: first.top, right: first.right });
    expect(later.reusedAgeMs).toBeCloseTo(400);
    expect([...later.probabilities]).toEqual([...first.probabilities]);
    expect(own.ran).toEqual(['low']);
  });

  test('costs one small raster a frame, and no more than before where it is asked', async () => {
    const own = new Looking();
    await own.look();
    expect(own.rasters).toBe(1);
    await own.look();
    expect(own.rasters).toBe(2);
  });

  test('is asked again when something small comes, which is then told again', async () => {
    const own = new Looking();
    await own.stops(3);
    own.says = { low: 'car', high: 'car' };
    const come = answerOf(await own.look({ thing: 5 }));
    const stays = answerOf(await own.look({ thing: 5 }));
    expect([come.stop, come.top[0]?.label]).toEqual([ASKED, 'car']);
    expect([stays.stop, stays.top[0]?.label]).toEqual([AGAIN, 'car']);
  });

  test('is asked anew when the answer is old, by the source’s clock', async () => {
    const own = new Looking({ maxReuseMs: 1000 });
    expect(await own.stops(7)).toEqual([ASKED, AGAIN, AGAIN, AGAIN, AGAIN, ASKED, AGAIN]);
  });

  test('is asked anew when the answer is old by ours, where the source’s clock creeps', async () => {
    const own = new Looking({ maxReuseMs: 1000 });
    const stops: string[] = [];
    for (let at = 0; at < 7; at++) stops.push(answerOf(await own.look({}, { afterSeconds: 0.001 })).stop);
    expect(stops).toContain(AGAIN);
    expect(stops.lastIndexOf(ASKED)).toBeGreaterThan(0);
  });

  test('is asked for every frame where nothing is to be told again, or one rung is fixed', async () => {
    const off = new Looking({ isReused: false });
    const never = new Looking({ maxReuseMs: 0 });
    const fixed = new Looking({ questions: [ask('default', { policy: { ...ask('x').policy, mode: 'fixed' } })] });
    for (const own of [off, never]) expect(await own.stops(3)).toEqual([ASKED, ASKED, ASKED]);
    expect(await fixed.stops(3)).toEqual(['fixed', 'fixed', 'fixed']);
    expect(fixed.rasters).toBe(0);
  });

  test('has nothing to tell again after a frame that failed', async () => {
    const own = new Looking();
    own.fails = true;
    const { statements } = await own.look();
    expect(statements[0]?.result.kind).toBe('failed');
    own.fails = false;
    expect(await own.stops(2)).toEqual([ASKED, AGAIN]);
  });

  test('what was answered before a frame that failed holds for the frames after it that it held for', async () => {
    const own = new Looking();
    await own.look();
    own.fails = true;
    expect((await own.look({ yard: 2 })).statements[0]?.result.kind).toBe('failed');
    own.fails = false;
    expect(await own.stops(3, (at) => ({ yard: at === 0 ? 1 : 2 }))).toEqual([AGAIN, ASKED, AGAIN]);
  });

  test('an answer of a cheaper gear is not told in a better one', async () => {
    const own = new Looking();
    await own.look({}, { gear: 1 });
    expect(answerOf(await own.look({}, { gear: 1 })).stop).toBe(AGAIN);
    expect(answerOf(await own.look({}, { gear: 0 })).stop).toBe(ASKED);
    expect(answerOf(await own.look({}, { gear: 1 })).stop).toBe(AGAIN);
  });
});

describe('several questions', () => {
  test('each have their own threshold', async () => {
    const questions = [ask('bold', { reuseThreshold: 1000 }), ask('shy', { reuseThreshold: 0.7 })];
    const own = new Looking({ questions });
    await own.look();
    const looked = await own.look({ thing: 6 });
    expect([answerOf(looked, 0).stop, answerOf(looked, 1).stop]).toEqual([AGAIN, ASKED]);
    expect(own.ran).toEqual(['low', 'low']);
  });

  test('what adds up slowly is seen by each of them, though another one was asked between', async () => {
    const questions = [ask('bold', { reuseThreshold: 4 }), ask('shy', { reuseThreshold: 0.2 })];
    const own = new Looking({ questions });
    const brighter = (at: number): Shown => ({ thing: 8, brightness: 100 + 12 * at });
    const shy: string[] = [];
    const bold: string[] = [];
    for (let at = 0; at < 12; at++) {
      const looked = await own.look(brighter(at));
      bold.push(answerOf(looked, 0).stop);
      shy.push(answerOf(looked, 1).stop);
    }
    expect(new Set(shy)).toEqual(new Set([ASKED]));
    expect(bold[1]).toBe(AGAIN);
    expect(bold.slice(2)).toContain(ASKED);
  });
});

describe('bad input', () => {
  const flicker = (at: number): Shown => ({ yard: 1 + (at % 2) });

  test('a frozen picture is asked as often as answers may be old, for ever', async () => {
    const own = new Looking({ maxReuseMs: 2000 });
    const stops = await own.stops(50, () => ({ noise: 0 }));
    expect(stops.filter((stop) => stop === ASKED)).toHaveLength(5);
  });

  test.each<[string, (own: Looking) => void]>([
    [
      'a time that jumps back',
      (own) => {
        own.seconds -= 30;
      },
    ],
    [
      'another stream',
      (own) => {
        own.stream++;
        own.seconds = 0;
      },
    ],
    [
      'another stream whose times go on',
      (own) => {
        own.stream++;
      },
    ],
    [
      'pictures of another size',
      (own) => {
        own.size = 96;
      },
    ],
    [
      'a time that jumps ahead',
      (own) => {
        own.seconds += 60;
      },
    ],
  ])('%s: nothing from before is told', async (_what, happens) => {
    const own = new Looking();
    await own.stops(4);
    happens(own);
    expect(await own.stops(3)).toEqual([ASKED, AGAIN, AGAIN]);
  });

  test('flicker between two scenes is asked at every frame', async () => {
    const own = new Looking();
    expect(new Set(await own.stops(20, flicker))).toEqual(new Set([ASKED]));
  });

  test('white noise is asked at every frame', async () => {
    const own = new Looking();
    expect(new Set(await own.stops(20, (at) => ({ yard: at, noise: 60 })))).toEqual(new Set([ASKED]));
  });

  test('a picture that goes black is asked, and asked again when it comes back', async () => {
    const own = new Looking();
    const stops = await own.stops(9, (at) => (at >= 3 && at < 6 ? { light: 0, noise: 0 } : {}));
    expect(stops).toEqual([ASKED, AGAIN, AGAIN, ASKED, AGAIN, AGAIN, ASKED, AGAIN, AGAIN]);
  });

  test('a clock that is set back changes nothing: times of day are told, never reckoned with', async () => {
    const steady = new Looking({ maxReuseMs: 1000 });
    const setBack = new Looking({ maxReuseMs: 1000 });
    const told: string[][] = [[], []];
    for (let at = 0; at < 20; at++) {
      if (at === 7) setBack.unixMs -= 3_600_000;
      for (const [n, own] of [steady, setBack].entries()) {
        const { stop, reusedAgeMs } = answerOf(await own.look());
        told[n]?.push(`${stop} ${reusedAgeMs}`);
      }
    }
    expect(told[1]).toEqual(told[0]);
  });
});
