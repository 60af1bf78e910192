import { expect, test } from 'vitest';
import { type Known, ruleDoubts } from '../../src/alerts/doubts.ts';
import { parseWhen } from '../../src/alerts/parse-when.ts';

const KNOWN: Known = {
  cameras: [
    { camera: 'gate', questions: [{ id: 'default' }, { id: 'kind', classes: ['Delivery van', 'car', 'other'] }] },
    { camera: 'yard', questions: [{ id: 'door/open', classes: ['open', 'closed'] }, { id: 'road' }] },
    { camera: 'late', questions: [] },
  ],
  labels: ['tabby', 'espresso', 'school bus'],
  groups: ['vehicle', 'animal'],
};

const doubts = (when: string, known = KNOWN) => ruleDoubts([{ id: 'r', when: parseWhen(when) }], known);

test.each([
  'tabby',
  'SCHOOL_BUS > 0.8 on gate',
  'delivery-van on gate/kind',
  'open on yard/door',
  'no closed for 3s on yard/door/open',
  'open begins',
  'tabby on gate, yard',
  'camera gate is failed',
  'any camera is not live',
])('there is no doubt of %s', (when) => {
  expect(doubts(when)).toEqual([]);
});

test.each([
  [
    'expresso',
    /^rule r: nothing that gate, yard, late is asked can be answered "expresso" \(did you mean "espresso"\?\)/,
  ],
  ['vehicle > 0.8 on gate', /"vehicle": it is a group, so add it where it is to be asked: groups: \[vehicle\]$/],
  ['tabby on gate/kind', /"tabby" \(known: Delivery van, car, other, vehicle, animal\): name a label of its, or teach/],
  ['van on yard/door', /nothing that yard is asked can be answered "van"/],
  ['tabby on gaet', /^rule r is about gaet: there is no such camera now \(did you mean "gate"\?\)$/],
  ['camera nowhere is failed', /^rule r is about nowhere: there is no such camera now$/],
  ['car on gate/knid', /^rule r is about gate\/knid: gate is asked no such question now \(did you mean "kind"\?\)$/],
])('%s can never be true as things are: that is said, with what is near', (when, message) => {
  expect(doubts(when)).toEqual([{ rule: 'r', message: expect.stringMatching(message) }]);
});

test('where there is no camera yet a rule about all of them is left alone', () => {
  expect(doubts('zebra', { ...KNOWN, cameras: [] })).toEqual([]);
});
