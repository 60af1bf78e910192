import { expect, test } from 'vitest';
import { CameraGears } from '../../src/pipeline/camera-gears.ts';
import type { AskedQuestion } from '../../src/pipeline/question.ts';
import { SharedLoad } from '../../src/pipeline/shared-load.ts';
import type { Looked, View } from '../../src/pipeline/view.ts';

function question(id: string, ms: number): AskedQuestion {
  const asked = { id, policy: { rungs: [{ id: 'low' }] }, p95Ms: () => [ms] } as unknown as AskedQuestion;
  return { ...asked, cheaper: [asked] };
}

/** Frames of two regions: one is answered, and one had so little time. @returns the gear and the reason */
function play(leftMs: number) {
  const [good, poor] = [question('good', 10), question('poor', 30)];
  const load = new SharedLoad({ slots: 1, load: 0.2 });
  const gears = new CameraGears({ priority: 1, load }, 100, { questions: [good, poor] } as unknown as View);
  const view = { kind: 'frame', box: [0, 0, 1, 1] } as const;
  const looked = {
    statements: [
      { question: good, view, result: { kind: 'answered', spentMs: 20, stop: 'top', path: [] } },
      { question: poor, view, result: { kind: 'dropped', leftMs } },
    ],
    ran: [],
    leftOut: 0,
  } as unknown as Looked;
  for (let n = 0; n < 50; n++) gears.looked(looked, n * 200);
  return gears;
}

test('a region whose share fits no rung costs the others no gear, and is told', () => {
  const gears = play(20);
  expect(gears.gear).toBe(0);
  expect(gears.lack).toMatch(/budget of 20 ms for question poor: the cheapest, low, takes 30.0 ms/);
});

test('a region that would have been in time gives way', () => {
  expect(play(40)).toMatchObject({ gear: 1, lack: null });
});
