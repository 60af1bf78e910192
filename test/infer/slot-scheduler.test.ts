import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/cascade/random.ts';
import { SlotScheduler, type SlotWant, type Ticket } from '../../src/infer/slot-scheduler.ts';

const BUDGET_MS = 100;

interface Load {
  readonly camera: string;
  readonly weight?: number;
  /** Between two of its frames. */
  readonly everyMs: number;
  /** Of a run. */
  readonly serviceMs: () => number;
  readonly firstMs?: number;
  readonly budgetMs?: number;
}

interface Served {
  frames: number;
  answered: number;
  busyMs: number;
  mostWaitMs: number;
}

/** Plays cameras against slots in steps of a millisecond; each has one frame in hand, the newest waits, as in the daemon. */
function play(loads: readonly Load[], slots: number, seconds: number) {
  const scheduler = new SlotScheduler<Load>();
  const served = new Map<string, Served>();
  const newest = new Map<string, number>();
  const inHand = new Set<string>();
  let running: { ticket: Ticket<Load>; endMs: number }[] = [];
  let mostQueued = 0;
  for (const { camera } of loads) served.set(camera, { frames: 0, answered: 0, busyMs: 0, mostWaitMs: 0 });
  const due = new Map(loads.map((load) => [load.camera, load.firstMs ?? 0]));
  for (let now = 0; now < seconds * 1000; now++) {
    for (const { ticket, endMs } of running.filter((run) => run.endMs <= now)) {
      scheduler.ended(ticket, endMs);
      inHand.delete(ticket.item.camera);
      const own = served.get(ticket.item.camera);
      if (own !== undefined) own.answered++;
    }
    running = running.filter(({ endMs }) => endMs > now);
    for (const { item } of scheduler.expired(now)) inHand.delete(item.camera);
    for (const load of loads) {
      const { camera, weight = 1, everyMs, budgetMs = BUDGET_MS } = load;
      if ((due.get(camera) ?? 0) <= now) {
        due.set(camera, (due.get(camera) ?? 0) + everyMs);
        newest.set(camera, now);
        (served.get(camera) as Served).frames++;
      }
      const arrivedMs = newest.get(camera);
      if (arrivedMs === undefined || inHand.has(camera)) continue;
      newest.delete(camera);
      const want: SlotWant = {
        client: { camera, weight },
        expectedMs: 10,
        deadlineMs: arrivedMs + budgetMs,
        latestStartMs: arrivedMs + budgetMs - 15,
      };
      if (scheduler.offer(load, want, now, slots - running.length).kind === 'queued') inHand.add(camera);
    }
    mostQueued = Math.max(mostQueued, scheduler.length);
    while (running.length < slots) {
      const ticket = scheduler.next(now);
      if (ticket === null) break;
      const tookMs = ticket.item.serviceMs();
      const own = served.get(ticket.item.camera) as Served;
      own.busyMs += tookMs;
      own.mostWaitMs = Math.max(own.mostWaitMs, now - ticket.queuedMs);
      running.push({ ticket, endMs: now + tookMs });
    }
  }
  const of = (camera: string) => served.get(camera) as Served;
  return { of, all: [...served.values()], mostQueued };
}

function cameras(count: number, load: Partial<Load>, random = seededRandom(1)): Load[] {
  return Array.from({ length: count }, (_, n) => ({
    camera: `c${n}`,
    everyMs: 200,
    serviceMs: () => 5 + random() * 10,
    firstMs: Math.floor(random() * 200),
    ...load,
  }));
}

function want(camera: string | null, changes: Partial<SlotWant> = {}): SlotWant {
  const client = camera === null ? null : { camera, weight: 1 };
  return { client, expectedMs: 10, deadlineMs: 100, latestStartMs: 90, ...changes };
}

describe('SlotScheduler', () => {
  test('the earliest deadline has its turn first, whoever came first', () => {
    const scheduler = new SlotScheduler<number>();
    for (const deadlineMs of [30, 10, Infinity, 20, 10])
      scheduler.offer(deadlineMs, want(null, { deadlineMs, latestStartMs: Infinity }), 0, 0);
    expect([1, 2, 3, 4, 5].map(() => scheduler.next(0)?.item)).toEqual([10, 10, 20, 30, Infinity]);
    expect(scheduler.next(0)).toBeNull();
  });

  test('what would not come to its turn in time is refused, with what is before it', () => {
    const scheduler = new SlotScheduler<string>();
    scheduler.offer('a', want('a'), 0, 1);
    scheduler.next(0);
    expect(scheduler.offer('b', want('b', { latestStartMs: 9 }), 0, 0)).toEqual({ kind: 'late', aheadMs: 10 });
    expect(scheduler.offer('b', want('b', { latestStartMs: 10 }), 0, 0)).toEqual({ kind: 'queued', displaced: null });
    expect(scheduler.length).toBe(1);
  });

  test('of one camera one run waits: the newest', () => {
    const scheduler = new SlotScheduler<number>();
    scheduler.offer(1, want('a'), 0, 0);
    expect(scheduler.offer(2, want('a'), 1, 0)).toMatchObject({ displaced: { item: 1 } });
    expect(scheduler.length).toBe(1);
    for (let n = 3; n < 1000; n++) scheduler.offer(n, want('a'), 1, 0);
    expect(scheduler.length).toBe(1);
  });

  test('what is not worth beginning any more is taken out', () => {
    const scheduler = new SlotScheduler<string>();
    scheduler.offer('a', want('a'), 0, 0);
    expect(scheduler.expired(90)).toEqual([]);
    expect(scheduler.expired(91)).toMatchObject([{ item: 'a' }]);
    expect(scheduler.length).toBe(0);
  });

  test('one camera of twenty that floods takes no other’s share', () => {
    const flood: Load = { camera: 'flood', everyMs: 1, serviceMs: () => 12 };
    const { of, all } = play([...cameras(19, {}), flood], 2, 20);
    for (let n = 0; n < 19; n++) expect(of(`c${n}`).answered / of(`c${n}`).frames).toBeGreaterThan(0.97);
    // What nobody else wants is its own.
    const busy = all.reduce((sum, { busyMs }) => sum + busyMs, 0);
    expect(of('flood').answered).toBeGreaterThan(200);
    expect(busy / (2 * 20_000)).toBeGreaterThan(0.8);
  });

  test.each([1, 2, 3, 4, 5])('with three times too much load all have their share, by chance %i', (seed) => {
    const random = seededRandom(seed);
    const loads = cameras(8 + Math.floor(random() * 40), {}, random);
    const { all, mostQueued } = play(
      loads.map((load) => ({ ...load, everyMs: (loads.length * 10) / 6 })),
      2,
      40,
    );
    const fair = all.reduce((sum, { busyMs }) => sum + busyMs, 0) / all.length;
    for (const { busyMs } of all) expect(busyMs / fair).toBeGreaterThan(0.8);
    expect(fair * all.length).toBeGreaterThan(0.9 * 2 * 40_000);
    expect(mostQueued).toBeLessThanOrEqual(loads.length);
  });

  test('with too much load a camera of priority 3 has three times as much', () => {
    const loads = cameras(12, { everyMs: 20 }).map((load, n) => ({ ...load, weight: n === 0 ? 3 : 1 }));
    const { of } = play(loads, 1, 60);
    const others = loads.slice(1).map(({ camera }) => of(camera).busyMs);
    const ratio = of('c0').busyMs / (others.reduce((a, b) => a + b, 0) / others.length);
    expect(ratio).toBeGreaterThan(2.2);
    expect(ratio).toBeLessThan(3.6);
  });

  test('priorities hold where two are busy and sixty are quiet', () => {
    const quiet = cameras(60, {}).map((load, n) => ({ ...load, everyMs: 4_000, firstMs: n * 67 }));
    const busy = [3, 1].map((weight) => ({ camera: `w${weight}`, weight, everyMs: 5, serviceMs: () => 10 }));
    const { of } = play([...quiet, ...busy], 1, 120);
    const ratio = of('w3').busyMs / of('w1').busyMs;
    expect(ratio).toBeGreaterThan(2.3);
    expect(ratio).toBeLessThan(3.7);
    for (const { camera } of quiet) expect(of(camera).answered / of(camera).frames).toBeGreaterThan(0.9);
  });

  test('of one camera one run waits, also where nothing was known of it any more meanwhile', () => {
    const scheduler = new SlotScheduler<string>();
    const patient = { latestStartMs: Infinity, deadlineMs: Infinity };
    scheduler.offer('first', want('a', patient), 0, 0);
    scheduler.offer('other', want('b', { ...patient, deadlineMs: 0 }), 0, 0);
    scheduler.ended(scheduler.next(400_000) as Ticket<string>, 400_010); // the units begin anew
    expect(scheduler.offer('second', want('a', patient), 400_020, 0)).toMatchObject({ displaced: { item: 'first' } });
    expect(scheduler.length).toBe(1);
  });

  test('a camera is charged with what its run took, not with what the slot stood still after it', () => {
    const scheduler = new SlotScheduler<string>();
    const patient = { deadlineMs: Infinity, latestStartMs: Infinity };
    const serve = (camera: string, nowMs: number, tookMs: number, servedMs: number) => {
      scheduler.offer(camera, want(camera, patient), nowMs, 1);
      scheduler.ended(scheduler.next(nowMs) as Ticket<string>, nowMs + tookMs, servedMs);
    };
    serve('behind', 0, 100, 10);
    serve('greedy', 100, 50, 50);
    for (const camera of ['greedy', 'behind']) scheduler.offer(camera, want(camera, patient), 200, 0);
    expect(scheduler.next(200)?.item).toBe('behind');
  });

  test('without a budget nobody waits for ever, whatever others have', () => {
    const loads = cameras(20, { everyMs: 20 });
    const { of } = play([...loads, { camera: 'patient', everyMs: 200, serviceMs: () => 10, budgetMs: 1e6 }], 1, 60);
    expect(of('patient').answered).toBeGreaterThan(30);
  });

  test('tells how many slots are busy', () => {
    const scheduler = new SlotScheduler<string>();
    expect(scheduler.busy(0)).toBe(0);
    scheduler.offer('a', want('a'), 0, 2);
    const ticket = scheduler.next(0) as Ticket<string>;
    expect(scheduler.busy(60_000)).toBeCloseTo(1, 3);
    scheduler.ended(ticket, 60_000);
    expect(scheduler.busy(120_000)).toBeCloseTo(0, 3);
  });
});
