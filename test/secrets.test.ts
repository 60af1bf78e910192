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
    expect(redactor.redact(text)).toBe('password ***, encoded ***, token ***, rtsp://***@host/x');
  });

  test('leaves words alone that a very short password would hit', () => {
    const redactor = new Redactor();
    redactor.register('a');
    expect(redactor.redact('a camera')).toBe('a camera');
  });
});
