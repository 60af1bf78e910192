import { expect, test } from 'vitest';
import { requireSmoothedLabels, smoothingOf } from '../../src/commands/smoothed.ts';
import { smoothing } from '../../src/config/smoothing.ts';

const CLASSES = ['empty', 'car', 'moving van', 'other'].map((name) => ({ id: name, name }));
const LADDER = [
  { id: 'n02123045', name: 'tabby' },
  { id: 'n03977966', name: 'police van' },
];

function camera(...labels: string[]) {
  return {
    id: 'gate',
    smoothing: smoothing.parse({ labels: Object.fromEntries(labels.map((name) => [name, { leastSeconds: 2 }])) }),
  };
}

test.each([[['car']], [['Moving_Van', 'other']], [[]]])(
  'answers of the camera may have demands of their own: %j',
  (names) => {
    expect(() => requireSmoothedLabels(camera(...names), CLASSES)).not.toThrow();
  },
);

test('labels of the ladder may be named by their WordNet id', () => {
  expect(() => requireSmoothedLabels(camera('n02123045', 'police van'), LADDER)).not.toThrow();
});

test.each([
  ['carr', 'camera gate: smoothing.labels: "carr" (did you mean "car"?): the camera has no such answer'],
  [
    'lorry',
    'camera gate: smoothing.labels: "lorry" (known: empty, car, moving van, other): the camera has no such answer',
  ],
])('what is no answer of the camera is refused with the nearest that is: %s', (name, message) => {
  expect(() => requireSmoothedLabels(camera('car', name), CLASSES)).toThrow(
    expect.objectContaining({ code: 'smoothing-unknown-label', message }),
  );
});

test('smoothing that is switched off is none', () => {
  const question = { id: 'q' } as Parameters<ReturnType<typeof smoothingOf>>[0];
  expect(smoothingOf({ smoothing: smoothing.parse({ enabled: false }) })(question)).toBeNull();
  expect(smoothingOf({ smoothing: smoothing.parse({}) })(question)).toMatchObject({ evidence: 4, halfLifeSeconds: 4 });
});
