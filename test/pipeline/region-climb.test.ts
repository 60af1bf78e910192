import { expect, test } from 'vitest';
import type { RunRequest } from '../../src/infer/pool.ts';
import { Climber, type ClimbParts } from '../../src/pipeline/climb.ts';
import { type AskedQuestion, listing, placeRungs } from '../../src/pipeline/question.ts';
import { askedOf, climbWithin, regionOfQuestion, regionQuestionId, within } from '../../src/pipeline/region-climb.ts';
import { type Box, WHOLE_FRAME } from '../../src/types.ts';

const PART: Box = [0.5, 0.25, 0.5, 0.5];
const FRAME = { width: 4, height: 4, pixels: new Uint8Array(48), arrivedMs: 0 };

function question(id: string, rungs: readonly string[]): AskedQuestion {
  const policy = {
    mode: 'cascade' as const,
    rungs: rungs.map((rung) => ({ id: rung, threshold: 2, temperature: 1, mergeWeight: 1 })),
    judge: () => ({ features: ['mean'], entry: () => 0, right: () => 0.5 }),
    operatingPoint: 'balanced',
  };
  const classes = ['a', 'b'].map((name) => ({ id: name, name }));
  const held = { ids: ['low', 'top'], p95Ms: [10, 50], zeroMs: null };
  return { id, text: null, classes, policy, ...placeRungs(policy, held), reader: null };
}

/** A climb over made-up inference and time, and what it looked at. */
function climb(asked: AskedQuestion) {
  const seen: { boxes: Box[]; runs: RunRequest[] } = { boxes: [], runs: [] };
  let nowMs = 0;
  const parts: ClimbParts = {
    inference: {
      classes: 2,
      embeddingSizes: [0, 0],
      run: async (request) => {
        seen.runs.push(request);
        nowMs += 10;
        request.logits.set([1, 0]);
        return { kind: 'done', waitMs: 0, prepareMs: 0, runMs: 10, serviceMs: 10 };
      },
    },
    questions: [asked],
    clock: { monotonicMs: () => nowMs, unixMs: () => nowMs },
    topK: 1,
    raster: () => (frame, box) => {
      seen.boxes.push(box);
      return frame;
    },
    features: () => () => new Float64Array(1),
    zero: null,
  };
  return { parts, seen };
}

test('a box of a part is a box of the frame', () => {
  expect(within(PART, WHOLE_FRAME)).toEqual(PART);
  expect(within(PART, [0.5, 0, 0.5, 0.25])).toEqual([0.75, 0.25, 0.25, 0.125]);
});

test('features and rungs see the part of the frame, of its own pixels', async () => {
  const { parts, seen } = climb(question('q', ['low']));
  const climber = new Climber(climbWithin(parts, PART));
  await climber.climb(FRAME, WHOLE_FRAME, null);
  expect(seen.boxes).toEqual([PART]);
  expect(seen.runs.map(({ box, frame }) => [box, frame === FRAME])).toEqual([[PART, true]]);
});

test.each([
  ['the sooner one, be it the other', 100, 40, ['low']],
  ['the sooner one, be it its own', 40, 100, ['low']],
  ['none but the other', null, 40, ['low']],
  ['both late enough', 100, 90, ['low', 'top']],
])('of two limits a climb keeps to %s', async (_what, own, other, rungs) => {
  const { parts } = climb(question('q', ['low', 'top']));
  const climber = new Climber({ ...parts, limit: { ms: other } });
  const { ran } = await climber.climb(FRAME, WHOLE_FRAME, own);
  expect(ran.map(({ rung }) => rung)).toEqual(rungs);
});

test('a region’s question bears its name in every gear and to the top rung, and is told with what it is of', () => {
  const view = { kind: 'crop' as const, box: PART };
  const ofAll = question('default', ['top']);
  const asked = askedOf({ ...ofAll, top: ofAll, cheaper: [ofAll] }, 'door', view);
  expect([asked.id, asked.top?.id, asked.cheaper?.map(({ id }) => id)]).toEqual(['door', 'door', ['door']]);
  expect(listing(asked)).toEqual({ id: 'door', view });
  const ids = [regionQuestionId('door', 'open'), regionQuestionId('door', null)];
  expect(ids).toEqual(['door/open', 'door']);
  expect(ids.map(regionOfQuestion)).toEqual(['door', 'door']);
});
