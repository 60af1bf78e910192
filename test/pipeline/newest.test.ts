import { describe, expect, test } from 'vitest';
import { NewestSlot } from '../../src/pipeline/newest.ts';
import fc from '../support/property.ts';

describe('NewestSlot', () => {
  test('the newest displaces what waits', async () => {
    const slot = new NewestSlot<number>();
    expect([slot.offer(1), slot.offer(2), slot.offer(3)]).toEqual([null, 1, 2]);
    expect(await slot.take()).toBe(3);
  });

  test('a taker that waits gets the next one', async () => {
    const slot = new NewestSlot<number>();
    const taken = slot.take();
    expect(slot.offer(7)).toBeNull();
    expect(await taken).toBe(7);
  });

  test('close lets out what waits, then nothing more', async () => {
    const slot = new NewestSlot<number>();
    slot.offer(1);
    slot.close();
    expect(slot.offer(2)).toBe(2);
    expect([await slot.take(), await slot.take()]).toEqual([1, null]);
  });

  test('nothing is lost: each item is taken, displaced, or given back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('offer', 'take'), { maxLength: 60 }), async (actions) => {
        const slot = new NewestSlot<number>();
        const seen: number[] = [];
        const takes: Promise<unknown>[] = [];
        let next = 0;
        let pendingTake = false;
        for (const action of actions) {
          if (action === 'offer') {
            const displaced = slot.offer(next++);
            if (displaced !== null) seen.push(displaced);
          } else if (!pendingTake) {
            pendingTake = true;
            takes.push(
              slot.take().then((item) => {
                pendingTake = false;
                if (item !== null) seen.push(item);
              }),
            );
          }
          await null;
          await null;
        }
        slot.close();
        await Promise.all(takes);
        for (let item = await slot.take(); item !== null; item = await slot.take()) seen.push(item);
        expect(seen.sort((a, b) => a - b)).toEqual([...Array(next).keys()]);
      }),
    );
  });
});
