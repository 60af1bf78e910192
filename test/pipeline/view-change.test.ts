import { expect, test } from 'vitest';
import { NULL_OBSERVER } from '../../src/commands/null-observer.ts';
import { CameraPipeline } from '../../src/pipeline/camera.ts';
import type { SceneEvent } from '../../src/pipeline/told.ts';
import type { Looked, View } from '../../src/pipeline/view.ts';
import type { CameraState, CameraStatus, Frame } from '../../src/types.ts';

const NOTHING: Looked = { statements: [], ran: [], decideMs: 0, events: [], gone: [], leftOut: 0, troubles: [] };

/** A view that says which frames it saw, and one event when it ends. */
class Watching implements View {
  readonly questions = [];
  tracks = 0;
  readonly seen: number[] = [];
  /** What it makes of frames. */
  looked = NOTHING;
  readonly #name: string;
  #go: () => void = () => {};

  constructor(name: string) {
    this.#name = name;
  }

  look({ ptsSeconds }: Frame): Promise<Looked> {
    this.seen.push(ptsSeconds);
    return new Promise((resolve) => {
      this.#go = () => resolve(this.looked);
    });
  }

  go(): void {
    this.#go();
  }

  end() {
    return [{ question: 'default', label: this.#name, phase: 'end' as const, stream: 1, ptsSeconds: 0, atMs: 0 }];
  }
}

function setUp() {
  const [first, second] = [new Watching('first'), new Watching('second')];
  const events: SceneEvent[] = [];
  const statuses: CameraStatus[] = [];
  /** What is done with frames that were looked at. */
  const order: string[] = [];
  let onFrame: (frame: Frame) => unknown = () => {};
  let onState: (state: CameraState, reason: string) => void = () => {};
  let end = () => {};
  const pipeline = new CameraPipeline({
    camera: 'gate',
    pace: 'source',
    budgetMs: null,
    view: first,
    clock: { monotonicMs: () => 0, unixMs: () => 0 },
    clockSince: () => ({ state: 'unreadable', source: 'none' }),
    observer: NULL_OBSERVER,
    onLabel: () => {},
    onEvent: (event) => {
      events.push(event);
      order.push('told');
    },
    onLooked: () => order.push('looked'),
    onStatus: (status) => statuses.push(status),
    onFailure: () => {},
    source: (callbacks) => {
      ({ onFrame, onState } = callbacks);
      const start = () =>
        new Promise<void>((resolve) => {
          end = resolve;
        });
      return { expectation: null, streams: 0, start, stop: async () => end() };
    },
  });
  void pipeline.start();
  const settle = async () => {
    for (let i = 0; i < 10; i++) await new Promise(setImmediate);
  };
  const frame = async (ptsSeconds: number) => {
    const times = { ptsSeconds, arrivedAtMs: 0, arrivedMs: 0, stream: 1 };
    onFrame({
      camera: 'gate',
      ...times,
      width: 1,
      height: 1,
      pixels: new Uint8Array(3),
      release: () => order.push('released'),
    });
    await settle();
  };
  return {
    pipeline,
    first,
    second,
    events,
    statuses,
    order,
    frame,
    settle,
    onState: (state: CameraState) => onState(state, ''),
  };
}

test('another view looks from the next frame on, and what was in view of the first has left', async () => {
  const { pipeline, first, second, events, frame, settle } = setUp();
  await frame(1);
  pipeline.lookBy(second);
  expect(events).toEqual([]); // the frame in hand is still the first one's
  first.go();
  await settle();
  expect(events).toMatchObject([{ camera: 'gate', label: 'first', phase: 'end' }]);
  await frame(2);
  expect([first.seen, second.seen]).toEqual([[1], [2]]);
});

test('another view numbers objects on from the last number of the one before', async () => {
  const { pipeline, first, second, frame, settle } = setUp();
  await frame(1);
  pipeline.lookBy(second);
  first.tracks = 7; // found in the frame in hand
  first.go();
  await settle();
  expect(second.tracks).toBe(7);
});

test('when the stream breaks off, what was in view has left once the frame in hand is told', async () => {
  const { first, events, frame, settle, onState } = setUp();
  onState('live');
  await frame(1);
  onState('stalled');
  expect(events).toEqual([]);
  first.go();
  await settle();
  expect(events.length).toBe(1);
  onState('live');
  await frame(2);
  first.go();
  await settle();
  expect(events.length).toBe(1); // it goes on
});

test('when it is stopped, what was in view has left', async () => {
  const { pipeline, first, events, frame } = setUp();
  await frame(1);
  const stopped = pipeline.stop();
  first.go();
  await stopped;
  expect(events.length).toBe(1);
});

test('things that move and were not looked at for want of time are told as a trouble', async () => {
  const { first, statuses, frame, settle, onState } = setUp();
  onState('live');
  first.looked = { ...NOTHING, leftOut: 1 };
  await frame(1);
  first.go();
  await settle();
  expect(statuses.at(-1)?.degraded).toEqual(['too-slow']);
});

test('a frame is told before others look at it, and released last', async () => {
  const { first, order, frame, settle } = setUp();
  first.looked = { ...NOTHING, events: first.end() };
  await frame(1);
  first.go();
  await settle();
  expect(order).toEqual(['told', 'looked', 'released']);
});
