import { expect, test } from 'vitest';
import { ToldAgreement } from '../../src/pipeline/told-agreement.ts';

const known = (...agreements: (number | null)[]) =>
  agreements.map((agreement, at) => {
    return { question: `q${at}`, threshold: 1, isProven: true, agreement, hasDrifted: false };
  });

test('an agreement is told in hundredths, of the questions of which it is known', () => {
  const own = new ToldAgreement();
  own.take(known(null, null));
  expect(own.told).toEqual({});
  own.take(known(0.98444, null));
  expect(own.told).toEqual({ agreement: { q0: 0.98 } });
  own.take(known(null, 1));
  expect(own.told).toEqual({ agreement: { q1: 1 } });
  own.take(known(null));
  expect(own.told).toEqual({});
});

test('one that moves a little, even about the edge of two hundredths, is not told anew', () => {
  const own = new ToldAgreement();
  own.take(known(0.98, 0.5));
  const { agreement } = own.told;
  for (let at = 0; at < 50; at++) own.take(known(at % 2 === 0 ? 0.9749 : 0.9751, 0.5));
  expect(own.told.agreement).toBe(agreement);
  own.take(known(0.972, 0.5));
  expect(own.told).toEqual({ agreement: { q0: 0.97, q1: 0.5 } });
});
