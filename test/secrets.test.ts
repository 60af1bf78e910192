import { describe, expect, test } from 'vitest';
import { Redactor, redactUrls, secretsOf } from '../src/secrets.ts';

describe('redactUrls', () => {
  test.each([
    ['rtsp://user:pass@192.0.2.7/x', 'rtsp://***@192.0.2.7/x'],
    ['rtsps://user:p@ss@host:322/x failed', 'rtsps://***@host:322/x failed'],
    ['user only: http://user@host/x', 'user only: http://***@host/x'],
    ['http://host/cgi?u=me&p=abc&fps=5 failed', 'http://host/cgi?u=***&p=***&fps=*** failed'],
    ['path /user=me_password=abc_channel=1', 'path /user=***'],
    ['two: \'rtsp://a:b@c/d\' and "rtsp://e:f@g/h"', 'two: \'rtsp://***@c/d\' and "rtsp://***@g/h"'],
    ['no secret: rtsp://host/a@b', 'no secret: rtsp://host/a@b'],
    ['mail me@example.org', 'mail me@example.org'],
    ['mode fixed:lite0@96-int8', 'mode fixed:lite0@96-int8'],
  ])('%s', (text, clean) => {
    expect(redactUrls(text)).toBe(clean);
  });
});

describe('Redactor', () => {
  test('blots out what is registered, wherever and however it is written', () => {
    const redactor = new Redactor();
    for (const secret of secretsOf('rtsp://me:s3cr%2Ft@host/x?token=abcdef')) redactor.register(secret);
    const text = 'password s3cr/t, encoded s3cr%2Ft, token abcdef, rtsp://me:s3cr%2Ft@host/x';
    expect(redactor.quote(text)).toBe('password ***, encoded ***, token ***, rtsp://***@host/x');
  });

  test.each([
    ['a camera id', 'gate'],
    ['a rule id', 'bee-gate'],
    ['a common word', 'wrong'],
    ['a number', '1234'],
    ['a word with a capital', 'Camera'],
    ['one letter', 'a'],
    ['signs that mean something in a pattern', '.*'],
    ['a longer name', 'garage-entrance-north-01'],
  ])(
    'leaves Weir’s own words alone where the password is %s, and hides it where a password stands',
    (_what, secret) => {
      const redactor = new Redactor();
      redactor.register(secret);
      const own = 'a camera: gate is live, bee-gate, a wrong 1234 of Camera .* garage-entrance-north-01';
      expect(redactor.redact(own)).toBe(own);
      expect(redactor.redactDeep({ camera: secret, rules: [{ rule: secret }], password: secret })).toEqual({
        ...{ camera: secret, rules: [{ rule: secret }], password: '***' },
      });
      for (const clean of [redactor.redact, redactor.quote].map((filter) => filter.bind(redactor))) {
        expect(clean(`rtsp://me:${secret}@host/x`)).toBe('rtsp://***@host/x');
        expect(clean(`http://host/x?pwd=${secret}&fps=5`)).toBe('http://host/x?pwd=***&fps=***');
        expect(clean(`sent password=${secret}`)).toBe('sent password=***');
        expect(clean(`Authorization: Digest username="me", response="${secret}"`)).toBe('Authorization: Digest ***');
      }
    },
  );

  test.each(['gate', 'wrong', '1234', 'a', '.*', '$&', 'a\\b', '(x', 'p@ss/w#rd?1'])(
    'leaves nothing of the password %s in what others say',
    (secret) => {
      const redactor = new Redactor();
      redactor.register(secret);
      const said = `no such host "${secret}" (${secret}), ${encodeURIComponent(secret)}`;
      expect(redactor.quote(said)).toBe('no such host "***" (***), ***');
    },
  );

  test('finds a password of one letter as a word of its own only', () => {
    const redactor = new Redactor();
    redactor.register('a');
    expect(redactor.quote('a camera, a path: a=b')).toBe('*** camera, *** path: ***=b');
  });

  test('blots out what no word is, also in Weir’s own texts', () => {
    const redactor = new Redactor();
    for (const secret of ['s3cr$t', 'hG7kd92n', '5f2a90c1d4', 'x'.repeat(64)]) redactor.register(secret);
    expect(redactor.redact(`s3cr$t hG7kd92n 5f2a90c1d4 s3cr%24t ${'x'.repeat(64)}`)).toBe('*** *** *** *** ***');
  });
});
