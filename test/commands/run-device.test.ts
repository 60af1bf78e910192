import { expect, test } from 'vitest';
import { changeTeller } from '../../src/commands/run-device.ts';
import type { Logger } from '../../src/service/log.ts';
import type { ClockStateName, DeviceReading } from '../../src/types.ts';

const reading = (state: ClockStateName): DeviceReading => ({
  clock: { state, source: 'linux' },
  reasons: [`why ${state}`],
  powerMode: null,
  governors: [],
  cpus: [],
  temperatureCelsius: null,
  headroomCelsius: null,
  throttleCount: null,
});

test('clocks are told at first, at a change, and while they flap once in a while with the state that they ended in', () => {
  const lines: string[] = [];
  const say = (_fields: object, text: string) => void lines.push(text);
  const log: Pick<Logger, 'info' | 'warn'> = { info: say, warn: say };
  const tell = changeTeller(log);
  tell(reading('pinned'), 0, 0);
  tell(reading('pinned'), 0, 20_000);
  tell(reading('floating'), 1, 21_000);
  // Every second another state.
  for (let second = 1; second <= 29; second++) {
    tell(reading(second % 2 === 0 ? 'floating' : 'pinned'), 1 + second, 21_000 + second * 1_000);
  }
  tell(reading('pinned'), 30, 60_000);
  expect(lines).toEqual([
    'clocks are pinned: why pinned',
    'clocks are floating: why floating',
    'clocks are floating: why floating (after 9 more changes since the last word)',
    'clocks are floating: why floating (after 9 more changes since the last word)',
    'clocks are pinned: why pinned (after 8 more changes since the last word)',
  ]);
});
