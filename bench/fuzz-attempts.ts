import fc from 'fast-check';
import { MAX_PAYLOAD_BYTES } from '../src/protocol/limits.ts';

/** What one connection is sent, in pieces. */
export interface Attempt {
  readonly kind: 'message' | 'frame' | 'request';
  /** Whether the connection is a WebSocket before the pieces come. */
  readonly isUpgraded: boolean;
  readonly pieces: readonly Uint8Array[];
}

const VALID = [
  '{"type":"subscribe","cameras":"all","every":"frame"}',
  '{"type":"subscribe","cameras":["gate"],"every":"change","questions":["default"],"since":"now:1"}',
  '{"type":"auth","token":"t"}',
];

/** A masked frame; the mask is zero. `claimed`: the length that it says it has. */
function frame(first: number, payload: Uint8Array, isMasked = true, claimed = payload.length): Uint8Array {
  const mask = isMasked ? 0x80 : 0;
  const head =
    claimed < 126
      ? Buffer.from([first, mask | claimed])
      : claimed < 65_536
        ? Buffer.from([first, mask | 126, claimed >> 8, claimed & 255])
        : Buffer.concat([Buffer.from([first, mask | 127, 0, 0]), sixBytes(claimed)]);
  return Buffer.concat([head, Buffer.alloc(isMasked ? 4 : 0), payload]);
}

function sixBytes(value: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUIntBE(value, 0, 6);
  return bytes;
}

const text = (value: string) => frame(0x81, Buffer.from(value));

const since = fc.oneof(
  fc.integer().map((n) => `now:${n}`),
  fc.constantFrom(
    'now:0',
    'now:-1',
    'older:12',
    ':',
    'now:1e3',
    'now:99999999999999999999',
    `${'e'.repeat(70)}:1`,
    'a:b:3',
  ),
  fc.string({ maxLength: 40 }),
);
const value = fc.oneof(fc.jsonValue(), fc.constantFrom('all', 'frame', 'change', null), since);
const odd = fc.record(
  {
    type: fc.oneof({ weight: 4, arbitrary: fc.constantFrom('subscribe', 'auth') }, { weight: 1, arbitrary: value }),
    cameras: fc.oneof(fc.constant('all'), fc.array(fc.string({ maxLength: 8 }), { maxLength: 5 }), value),
    every: fc.oneof(fc.constantFrom('frame', 'change'), value),
    questions: value,
    since: fc.oneof(since, value),
    token: value,
    ['__proto__']: value,
    constructor: value,
  },
  { requiredKeys: ['type'] },
);
const damaged = fc
  .tuple(fc.constantFrom(...VALID), fc.nat(90), fc.string({ maxLength: 3 }), fc.nat(5))
  .map(([valid, at, put, cut]) => valid.slice(0, at) + put + valid.slice(at + cut));
const deep = fc
  .tuple(fc.constantFrom('[', '{"a":', '[{"b":'), fc.integer({ min: 1, max: 3_000 }))
  .map(([open, n]) => open.repeat(n));
const long = fc
  .tuple(fc.constantFrom('x', '"', '\\', '\u0000', '€', '{'), fc.integer({ min: 1_000, max: MAX_PAYLOAD_BYTES + 10 }))
  .map(([one, n]) => one.repeat(n));

const message = fc.oneof(
  fc.constantFrom(...VALID),
  odd.map((fields) => JSON.stringify(fields) ?? ''),
  damaged,
  deep,
  long,
  fc.string({ maxLength: 200 }),
);

const payload = fc.uint8Array({ maxLength: 140 });
const oneFrame = fc.oneof(
  fc.tuple(fc.nat(255), payload, fc.boolean()).map(([first, bytes, isMasked]) => frame(first, bytes, isMasked)),
  // Says that it is longer than it is, up to what no buffer holds.
  fc
    .tuple(fc.constantFrom(0x81, 0x82, 0x01, 0x00), payload, fc.constantFrom(200, 20_000, 2 ** 31, 2 ** 47))
    .map(([first, bytes, claimed]) => frame(first, bytes, true, claimed)),
  // Control frames: pings in numbers, closes with any code, too long ones.
  fc.tuple(fc.constantFrom(0x89, 0x8a, 0x88, 0x09), payload).map(([first, bytes]) => frame(first, bytes)),
  fc.integer({ min: 0, max: 65_535 }).map((code) => frame(0x88, Buffer.from([code >> 8, code & 255]))),
  fc
    .integer({ min: 2, max: 400 })
    .map((n) => Buffer.concat([frame(0x01, Buffer.from('{')), ...Array(n).fill(frame(0x00, Buffer.from(' ')))])),
  payload.map((bytes) => frame(0x81, bytes)),
  payload,
);

const header = fc.oneof(
  fc.constantFrom(
    'Host: localhost',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Version: 12',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    'Sec-WebSocket-Key: short',
    'Sec-WebSocket-Protocol: weir.v1+json',
    'Sec-WebSocket-Protocol: weir.v1+json, weir.token.x',
    'Sec-WebSocket-Protocol: ,,',
    'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=99',
    'Origin: null',
    'Authorization: Bearer',
    'Content-Length: 5',
    'Transfer-Encoding: chunked',
  ),
  fc.tuple(fc.string({ maxLength: 20 }), fc.string({ maxLength: 300 })).map(([name, of]) => `${name}: ${of}`),
  fc.integer({ min: 1, max: 20_000 }).map((n) => `X: ${'y'.repeat(n)}`),
);
const request = fc
  .tuple(
    fc.constantFrom('GET', 'POST', 'PUT', 'OPTIONS', 'BREW', ''),
    fc.oneof(
      fc.constantFrom(
        '/v1/labels',
        '/v1/labels?since=now:1',
        '//v1/labels',
        '/v1/labels/..',
        '/api/cameras',
        '/%',
        '*',
      ),
      fc.webPath(),
    ),
    fc.array(header, { maxLength: 14 }),
    fc.constantFrom('\r\n\r\n', '\r\n', '\n\n', ''),
  )
  .map(([method, path, headers, end]) => Buffer.from(`${method} ${path} HTTP/1.1\r\n${headers.join('\r\n')}${end}`));

const pieces = <T extends Uint8Array>(one: fc.Arbitrary<T>, most: number) =>
  fc.array(one, { minLength: 1, maxLength: most });

/** Everything that a stranger may try. */
export const attempts: fc.Arbitrary<Attempt> = fc.oneof(
  pieces(message.map(text), 12).map((all): Attempt => ({ kind: 'message', isUpgraded: true, pieces: all })),
  pieces(oneFrame, 6).map((all): Attempt => ({ kind: 'frame', isUpgraded: true, pieces: all })),
  pieces(fc.oneof(request, payload), 3).map((all): Attempt => ({ kind: 'request', isUpgraded: false, pieces: all })),
);
