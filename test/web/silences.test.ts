import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { whileBusy } from '../../src/web/patience.ts';
import { askSilences } from '../../src/web/silences.ts';
import type { Api, Problem } from '../../src/web/wire.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
});

const cameras = ['a', 'b', 'c', 'd', 'e'];
const openings = cameras.map((camera, at) => ({ type: 'camera', camera, seq: 100 + at, state: 'connecting', atMs: 9 }));
const problem = (status: number, code: string): Problem => ({ status, code, message: code, remedy: null });

/** @param refuse what is thrown instead of an answer */
function archive(refuse: (camera: string) => Problem | Error | null = () => null) {
  const asked: string[] = [];
  let pending = 0;
  let most = 0;
  const get = async (path: string) => {
    const camera = new URL(path, 'http://h').searchParams.get('camera') ?? '';
    asked.push(camera);
    most = Math.max(most, ++pending);
    await Promise.resolve();
    pending--;
    const error = refuse(camera);
    if (error !== null) throw error;
    return { items: [{ arrivedAtMs: cameras.indexOf(camera) }] };
  };
  return { api: { get } as unknown as Api, asked, most: () => most };
}

test('after a restart of many cameras one question is asked after the other, the newest opening first', async () => {
  const { api, asked, most } = archive();
  const found = await askSilences(api, openings, 0);
  expect([...found].sort()).toEqual([100, 101, 102, 103, 104].map((seq, at) => [seq, at]));
  expect([asked, most()]).toEqual([['e', 'd', 'c', 'b', 'a'], 1]);
});

test('a camera of which nothing is kept takes no other with it', async () => {
  const { api } = archive((camera) => (camera === 'c' ? problem(404, 'camera-unknown') : null));
  expect([...(await askSilences(api, openings, 0)).keys()]).toEqual([104, 103, 101, 100]);
});

test('where the history cannot be asked on, what came counts, and no more is asked', async () => {
  const { api, asked } = archive((camera) => (camera === 'c' ? problem(503, 'history-busy') : null));
  expect([...(await askSilences(api, openings, 0)).keys()]).toEqual([104, 103]);
  expect(asked).toEqual(['e', 'd', 'c']);
});

test('whoever is gone gets no answer', async () => {
  const stop = new AbortController();
  const { api } = archive(() => {
    stop.abort();
    return new Error('aborted');
  });
  await expect(askSilences(api, openings, 0, stop.signal)).rejects.toThrow(/abort/);
});

/** Busy so many times, then there. */
function daemon(times: number, code = 'history-busy') {
  let left = times;
  return vi.fn(async () => {
    if (left-- > 0) throw { ...problem(503, code), retryAfterSeconds: 1 };
    return 'answer';
  });
}

test('a history that is busy is asked again when it says, twice at most', async () => {
  const ask = daemon(2);
  const answer = whileBusy(ask);
  await vi.advanceTimersByTimeAsync(999);
  expect(ask).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1_001);
  expect(await answer).toBe('answer');
  expect(ask).toHaveBeenCalledTimes(3);

  const worse = daemon(3);
  const refused = expect(whileBusy(worse)).rejects.toMatchObject({ code: 'history-busy' });
  await vi.advanceTimersByTimeAsync(10_000);
  await refused;
  expect(worse).toHaveBeenCalledTimes(3);
});

test('what else is refused is not asked again', async () => {
  const ask = daemon(1, 'not-ready');
  await expect(whileBusy(ask)).rejects.toMatchObject({ code: 'not-ready' });
  expect(ask).toHaveBeenCalledTimes(1);
});

test('nobody waits for a busy history who is gone', async () => {
  const ask = daemon(1);
  const stop = new AbortController();
  const refused = expect(whileBusy(ask, stop.signal)).rejects.toThrow(/abort/);
  await vi.advanceTimersByTimeAsync(10);
  stop.abort();
  await refused;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(ask).toHaveBeenCalledTimes(1);
});
