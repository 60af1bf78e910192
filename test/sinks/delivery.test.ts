import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SubscribeMessage } from '../../src/protocol/messages.ts';
import { Subscription } from '../../src/sinks/subscription.ts';
import fc from '../support/property.ts';
import { BEFORE, BEGIN, EPOCH, Line } from './line.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Until nothing more happens. */
const settle = () => vi.advanceTimersByTimeAsync(200);
const published = (line: Line, count: number) => {
  for (let n = 0; n < count; n++) line.publish();
};
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('who comes back', () => {
  test('gets from the disk what memory holds no more, then memory, then what comes, each once', async () => {
    const line = new Line({ ring: 5 });
    published(line, 20);
    line.subscribe({ since: `${EPOCH}:${BEGIN + 1}` });
    await vi.advanceTimersByTimeAsync(0);
    published(line, 3);
    await settle();
    published(line, 2);
    expect(line.seqs).toEqual(range(BEGIN + 2, BEGIN + 24));
  });

  test('with another epoch: the end that was not committed is a gap, from what it saw', async () => {
    const line = new Line();
    published(line, 2);
    line.subscribe({ since: `${BEFORE.id}:15` });
    await settle();
    expect(line.seqs).toEqual(['16-30 epoch', 31, 32]);
  });

  test('with another epoch, seen less than was committed', async () => {
    const line = new Line();
    line.subscribe({ since: `${BEFORE.id}:10` });
    published(line, 1);
    await settle();
    expect(line.seqs).toEqual([11, 12, '13-30 epoch', 31]);
  });

  test('with an epoch whose end is not known here, its numbers now others’: goes on where what is known ends', async () => {
    const line = new Line();
    published(line, 3);
    line.subscribe({ since: `${BEFORE.id}:32` }); // an older copy of what is kept was brought back
    await settle();
    expect(line.seqs).toEqual(['13-30 epoch', 31, 32, 33]);
  });

  test('with an epoch that is not known: one gap over all there was', async () => {
    const line = new Line();
    published(line, 2);
    line.subscribe({ since: 'unknown:7' });
    published(line, 1);
    await settle();
    expect(line.seqs).toEqual(['1-32 epoch', 33]);
  });

  test('from the future: told, and what comes is sent', async () => {
    const line = new Line();
    line.subscribe({ since: `${EPOCH}:99` });
    published(line, 1);
    await settle();
    expect(line.sent).toMatchObject([
      { type: 'error', code: 'since-future' },
      { type: 'camera', seq: 31 },
    ]);
  });

  test('what is kept no more is a gap', async () => {
    const line = new Line({ ring: 2 });
    published(line, 6);
    line.expired = BEGIN + 2;
    line.subscribe({ since: `${EPOCH}:${BEGIN}` });
    await settle();
    expect(line.seqs).toEqual(['32-33 expired', 34, 35, 36]);
  });

  test('where the disk cannot be read, what memory lacks is a gap', async () => {
    const line = new Line({ ring: 2 });
    published(line, 6);
    line.isFailing = true;
    line.subscribe({ since: `${EPOCH}:${BEGIN}` });
    await vi.waitFor(() => expect(line.seqs).toEqual(['32-34 expired', 35, 36]), 5_000);
  });

  test('a disk that cannot be read for a moment is asked again: nothing is told as missed', async () => {
    const line = new Line({ ring: 2 });
    published(line, 6);
    line.failures = 1;
    line.subscribe({ since: `${EPOCH}:${BEGIN}` });
    await vi.waitFor(() => expect(line.seqs).toEqual([32, 33, 34, 35, 36]), 5_000);
  });

  test('no more is sent than the socket has room for, and what is published meanwhile waits nowhere', async () => {
    const line = new Line({ ring: 50 });
    published(line, 20);
    line.room = false;
    line.subscribe({ since: `${EPOCH}:${BEGIN - 1}` });
    await settle();
    expect([line.seqs, line.isPaused]).toEqual([[], true]);
    published(line, 5);
    line.room = true;
    await settle();
    expect([line.seqs, line.isPaused, line.delivery.dropped]).toEqual([range(BEGIN, BEGIN + 24), false, 0]);
  });

  test('who does not read while it catches up is slow', async () => {
    const line = new Line();
    published(line, 20);
    line.room = false;
    line.subscribe({ since: `${EPOCH}:${BEGIN}` });
    await vi.advanceTimersByTimeAsync(31_000);
    expect(line.tooSlow).toBeGreaterThan(0);
  });
});

describe('who may see something else while it catches up', () => {
  const asked: SubscribeMessage = { type: 'subscribe', cameras: 'all', every: 'frame', since: `${BEFORE.id}:0` };

  test('goes on where it was, with what it may see now, and becomes live', async () => {
    const line = new Line();
    published(line, 3);
    line.subscribe(asked);
    await vi.advanceTimersByTimeAsync(0);
    const before = line.told.length;
    line.delivery.replaceBy(new Subscription(asked, { cameras: ['yard'] }));
    await settle();
    line.publish('yard');
    line.publish('gate');
    expect(line.seqs.slice(before).filter((seq) => seq === 12 || Number(seq) > 30)).toEqual([12, BEGIN + 3]);
    expect(new Set(line.seqs).size).toBe(line.seqs.length);
  });

  test('a mark then tells how far it is', async () => {
    const line = new Line();
    line.subscribe(asked);
    line.delivery.replaceBy(new Subscription(asked, { cameras: ['yard'] }));
    await settle();
    line.delivery.mark();
    expect(line.sent.at(-1)).toEqual({ type: 'mark', epoch: EPOCH, seq: BEGIN - 1 });
  });
});

type Action =
  | { readonly do: 'publish'; readonly camera: string; readonly count: number }
  | { readonly do: 'pause' | 'resume' | 'wait' | 'mark' }
  | { readonly do: 'expire'; readonly up: number }
  | { readonly do: 'subscribe'; readonly cameras: 'all' | readonly string[]; readonly since: string | null }
  | { readonly do: 'may'; readonly cameras: 'all' | readonly string[] };

const cameras = fc.constantFrom<'all' | readonly string[]>('all', ['gate'], ['yard'], ['gate', 'yard']);
const since = fc.oneof(
  fc.constant(null),
  fc.integer({ min: 0, max: 60 }).map((seq) => `${EPOCH}:${seq}`),
  fc.integer({ min: 0, max: BEFORE.sent }).map((seq) => `${BEFORE.id}:${seq}`),
  fc.integer({ min: 0, max: 60 }).map((seq) => `unknown:${seq}`),
);
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('publish' as const),
      camera: fc.constantFrom('gate', 'yard'),
      count: fc.constantFrom(1, 1, 3, 8),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('pause' as const, 'resume' as const, 'wait' as const, 'mark' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('subscribe' as const), cameras, since }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('may' as const), cameras }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const), up: fc.integer({ min: 1, max: 10 }) }) },
);

/** What one subscription was sent, and what it had coming. */
interface Chapter {
  readonly from: number;
  readonly begin: number;
  readonly former: readonly Subscription[];
  readonly variants: Subscription[];
}

/** Where a subscription begins in the line: behind this number it has everything coming. */
function placeOf(asked: string | null, last: number): number {
  const [name, seq] = asked?.split(':') ?? [];
  if (name === BEFORE.id) return Number(seq);
  if (name === EPOCH) return Math.min(Number(seq), last);
  return name === undefined ? last : 0;
}

function check(line: Line, chapter: Chapter, end: number, isLast: boolean): void {
  const told = line.sent.slice(chapter.from, end).filter(({ type }) => type === 'gap' || type === 'camera');
  let place = -1;
  const got = new Set<number>();
  const missed: [number, number][] = [];
  for (const message of told) {
    if (message.type === 'gap') {
      expect(message.from).toBeGreaterThan(place);
      expect(message.to).toBeGreaterThanOrEqual(message.from);
      missed.push([message.from, message.to]);
      place = message.to;
    } else if (message.type === 'camera') {
      expect(message.seq).toBeGreaterThan(place);
      const wanting = message.seq > chapter.begin ? chapter.variants : [...chapter.former, ...chapter.variants];
      expect(wanting.some((variant) => variant.wants(message))).toBe(true);
      got.add(message.seq);
      place = message.seq;
    }
  }
  const until = isLast ? line.hub.last : place;
  for (const [seq, message] of line.all) {
    if (seq <= chapter.begin || seq > until || !chapter.variants.every((variant) => variant.wants(message))) continue;
    expect(got.has(seq) || missed.some(([from, to]) => from <= seq && seq <= to), `number ${seq}`).toBe(true);
  }
}

test('whatever is published, asked for and not read: each number that is wanted comes once, in order, or within a gap', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 25 }), async (actions) => {
      const line = new Line({ ring: 6 });
      line.burst = 3;
      const reading = setInterval(() => line.read(), 20);
      const chapters: Chapter[] = [];
      for (const one of actions) {
        if (one.do === 'publish') for (let n = 0; n < one.count; n++) line.publish(one.camera);
        else if (one.do === 'pause') line.room = false;
        else if (one.do === 'resume') line.room = true;
        else if (one.do === 'wait') await vi.advanceTimersByTimeAsync(60);
        else if (one.do === 'mark') {
          line.delivery.mark();
          const mark = line.sent.at(-1);
          const chapter = chapters.at(-1);
          // All up to it is there: as if it had been the end.
          if (chapter !== undefined && mark?.type === 'mark') {
            const last = line.hub.last;
            line.hub.last = mark.seq;
            check(line, chapter, line.sent.length, true);
            line.hub.last = last;
          }
        } else if (one.do === 'expire') line.expired = Math.min(line.expired + one.up, line.hub.last);
        else if (one.do === 'subscribe') {
          const former = chapters.at(-1)?.variants ?? [];
          const from = line.sent.length;
          const begin = placeOf(one.since, line.hub.last);
          const subscription = line.subscribe({
            cameras: one.cameras,
            ...(one.since === null ? {} : { since: one.since }),
          });
          chapters.push({ from, begin, former, variants: [subscription] });
        } else if (one.do === 'may') {
          const { subscription } = line.delivery;
          if (subscription === null) continue;
          const variant = new Subscription(subscription.asked, { cameras: one.cameras });
          line.delivery.replaceBy(variant);
          chapters.at(-1)?.variants.push(variant);
        }
      }
      line.room = true;
      await vi.advanceTimersByTimeAsync(5_000);
      line.publish('gate'); // whoever is live gets it
      await vi.advanceTimersByTimeAsync(100);
      for (const [index, chapter] of chapters.entries()) {
        const end = chapters[index + 1]?.from ?? line.sent.length;
        check(line, chapter, end, index === chapters.length - 1);
      }
      line.delivery.stop();
      clearInterval(reading);
    }),
    { numRuns: 400, seed: 9 },
  );
}, 30_000);

test('whatever is subscribed to anew, from now on or from the future, and not read: nothing that was on its way is lost', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('publish' as const), count: fc.constantFrom(1, 2, 5, 1_100) }),
    fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const, 'wait' as const, 'subscribe' as const) }),
    fc.record({ do: fc.constant('future' as const), by: fc.integer({ min: 1, max: 9 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const line = new Line();
      line.subscribe();
      for (const one of steps) {
        if (one.do === 'publish') published(line, one.count);
        else if (one.do === 'wait') await vi.advanceTimersByTimeAsync(60);
        else if (one.do === 'subscribe') line.subscribe();
        else if (one.do === 'future') line.subscribe({ since: `${EPOCH}:${line.hub.last + one.by}` });
        else line.room = one.do === 'resume';
      }
      line.room = true;
      await settle();
      const covered = line.told.flatMap((one) => (one.type === 'gap' ? range(one.from, one.to) : [one.seq]));
      expect(covered).toEqual(range(BEGIN, line.hub.last));
      line.delivery.stop();
    }),
    { numRuns: 150 },
  );
}, 30_000);

test('whatever is subscribed to from the future while what was missed is sent: all of that still comes, or is a gap', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('publish' as const), count: fc.constantFrom(1, 2, 5, 30) }),
    fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const, 'wait' as const, 'mark' as const) }),
    fc.record({ do: fc.constant('expire' as const), up: fc.integer({ min: 1, max: 10 }) }),
    fc.record({ do: fc.constant('future' as const), by: fc.integer({ min: 1, max: 9 }) }),
  );
  const places = fc.constantFrom(`${EPOCH}:${BEGIN + 1}`, `${BEFORE.id}:3`);
  await fc.assert(
    fc.asyncProperty(places, fc.array(step, { maxLength: 20 }), async (since, steps) => {
      const line = new Line({ ring: 6 });
      line.burst = 3;
      const reading = setInterval(() => line.read(), 20);
      published(line, 25);
      line.subscribe({ since });
      const first = Number(since.split(':')[1]) + 1;
      /** What was told so far. */
      const covered = () => line.told.flatMap((one) => (one.type === 'gap' ? range(one.from, one.to) : [one.seq]));
      for (const one of steps) {
        if (one.do === 'publish') published(line, one.count);
        else if (one.do === 'wait') await vi.advanceTimersByTimeAsync(30);
        else if (one.do === 'expire') line.expired = Math.min(line.expired + one.up, line.hub.last);
        else if (one.do === 'future') line.subscribe({ since: `${EPOCH}:${line.hub.last + one.by}` });
        else if (one.do === 'mark') {
          line.delivery.mark();
          const mark = line.sent.at(-1);
          expect(covered()).toEqual(range(first, mark?.type === 'mark' ? mark.seq : Number.NaN));
        } else line.room = one.do === 'resume';
      }
      line.room = true;
      await vi.advanceTimersByTimeAsync(5_000);
      expect(covered()).toEqual(range(first, line.hub.last));
      line.delivery.stop();
      clearInterval(reading);
    }),
    { numRuns: 150 },
  );
}, 30_000);
