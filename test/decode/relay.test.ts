import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { authorization, challengeOf } from '../../src/decode/challenge.ts';
import { type Head, RtspSplitter } from '../../src/decode/heads.ts';
import { isRelayed, relayTarget } from '../../src/decode/relay.ts';
import { ownerOf } from '../../src/decode/same-user.ts';
import { makeNumberedClip, readNumber, temporaryFolder } from '../support/clips.ts';
import { bundledFfmpeg, record, systemFfmpeg } from '../support/decoding.ts';
import { describeWith, RTSP_SERVER, SYSTEM_FFMPEG } from '../support/parts.ts';
import { ffmpegChildren, waitFor } from '../support/processes.ts';
import { freePort, type Protection, RtspServer } from '../support/rtsp.ts';

const CLIENT = { user: 'Mufasa', password: 'Circle Of Life' };

test('a challenge of RFC 2069 and one of RFC 7616 are answered as these documents show', () => {
  const old = challengeOf(['Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"']);
  if (old === null) throw new Error('no challenge');
  const asked = { method: 'GET', uri: '/dir/index.html' };
  // The example of RFC 2069 with the response of its errata.
  expect(authorization(old, { ...CLIENT, password: 'CircleOfLife' }, asked, { count: 1, clientNonce: '' })).toContain(
    'response="1949323746fe6a43ef61f9606e7febea"',
  );
  const turn = { count: 1, clientNonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' };
  const fields =
    'realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"';
  const values = [
    `Digest ${fields}, algorithm=MD5, opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
    `Digest ${fields}, algorithm=SHA-256, opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
  ];
  for (const [challenge, response] of [
    [challengeOf(values), '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
    [challengeOf(values.slice(0, 1)), '8ca523f5e9506fed4657c9700eebdbec'],
  ] as const) {
    if (challenge === null) throw new Error('no challenge');
    expect(authorization(challenge, CLIENT, asked, turn)).toContain(`response="${response}"`);
  }
});

test.each([
  [['Basic realm="x"'], 'basic'],
  [['Basic realm="x"', 'Digest realm="x", nonce="n"'], 'digest'],
  [['Basic realm="a, Digest of it", Digest realm="x", nonce="n"'], 'digest'],
  [['Digest realm="x", nonce="n", qop="auth-int"'], undefined],
  [['Digest realm="x", nonce="n", algorithm=SHA-512-256', 'Basic realm="x"'], 'basic'],
  [['Negotiate'], undefined],
  [[], undefined],
])('of the challenges %j the strongest that can be answered is %s', (values, scheme) => {
  expect(challengeOf(values)?.scheme).toBe(scheme);
});

test('only a source with something secret in its URL goes through a relay', () => {
  const relayed = (source: string) => isRelayed(source, 'rtsp');
  expect(
    ['rtsp://u:p@h/s', 'rtsp://h/s?user=u&password=p', 'rtsp://h/user=a_password=b_channel=1.sdp'].map(relayed),
  ).toEqual([true, true, true]);
  expect(['rtsp://h/s', 'rtsp://u@h/s', 'rtsp://h/cam/realmonitor?channel=1&subtype=0'].map(relayed)).toEqual([
    false,
    false,
    false,
  ]);
  expect(isRelayed('/clips/a:b@c.mp4', 'file')).toBe(false);
});

test.each([
  ['rtsp://u:p%40x@cam/a/b', 'rtsp', 'rtsp://127.0.0.1:9/camera', 'rtsp://cam/a/b', 'cam', 554, 'p@x'],
  ['rtsps://u:p@[fe80::1]:8555', 'rtsp', 'rtsp://127.0.0.1:9/camera', 'rtsps://[fe80::1]:8555/', 'fe80::1', 8555, 'p'],
  ['http://u:a:b@cam/m.jpg?x=1', 'http-pictures', 'http://127.0.0.1:9/m.jpg', 'http://cam/m.jpg?x=1', 'cam', 80, 'a:b'],
  [
    'https://cam/l/i.m3u8?token=t',
    'hls',
    'http://127.0.0.1:9/l/i.m3u8',
    'https://cam/l/i.m3u8?token=t',
    'cam',
    443,
    undefined,
  ],
  [
    'http://cam/pwd=t.mjpg',
    'http-pictures',
    'http://127.0.0.1:9/camera',
    'http://cam/pwd=t.mjpg',
    'cam',
    80,
    undefined,
  ],
] as const)('%s is shown without what is secret in it', (source, kind, shown, own, host, port, password) => {
  const target = relayTarget(source, kind, 9);
  expect(target).toMatchObject({ shown, own, host, port });
  expect(target.credentials?.password).toBe(password);
});

test('media and messages are told apart wherever the bytes are cut', () => {
  const media = Buffer.from([0x24, 0, 0, 6, 13, 10, 13, 10, 0x24, 0]);
  const answer = Buffer.from('RTSP/1.0 200 OK\r\nCSeq: 4\r\ncontent-length: 3\r\n\r\na$b');
  const whole = Buffer.concat([media, media, answer, Buffer.from('\r\n'), media, answer]);
  for (let size = 1; size <= whole.length; size++) {
    const got: string[] = [];
    const splitter = new RtspSplitter({
      media: (bytes) => got.push(bytes.toString('latin1')),
      message: (head: Head, body) => got.push([...head, String(body)].join('|')),
    });
    for (let at = 0; at < whole.length; at += size) splitter.push(whole.subarray(at, at + size));
    const text = 'RTSP/1.0 200 OK|CSeq: 4|content-length: 3|a$b';
    const packet = media.toString('latin1');
    expect(got.join('')).toBe(packet + packet + text + packet + text);
  }
  const splitter = new RtspSplitter({ media: () => {}, message: () => {} });
  expect(() => splitter.push(Buffer.alloc(300 * 1024, 'x'))).toThrow('without an end');
});

test('the owner of the other end of a connection is read from the table of the system', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 111 1 0 100 0 0 10 0',
    '   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 112 1 0 20 4 30 10 -1',
    '   2: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 113 1 0 20 4 30 10 -1',
    '   3: 0A00000A:C351 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1002        0 114 1 0 20 4 30 10 -1',
    '   4: 0100007F:C352 0100007F:1F90 06 00000000:00000000 00:00000000 00000000  1003        0 115 1 0 20 4 30 10 -1',
  ].join('\n');
  expect([50_000, 50_001, 50_002, 1].map((port) => ownerOf(table, port, 8080))).toEqual([1001, null, null, null]);
});

/** What the command lines of all ffmpegs of this process hold. */
function commandLines(): string {
  return ffmpegChildren()
    .map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
    .join('\n');
}

const PASSWORD = 'xq 7@Hunter/22';
const IN_URL = `viewer:${encodeURIComponent(PASSWORD)}@`;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const servers: RtspServer[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  await makeNumberedClip(join(folder.path, 'numbers.mp4'), 250, 25);
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  expect(ffmpegChildren()).toEqual([]);
});
afterAll(() => folder.remove());

async function protectedUrl(scheme: Protection['scheme']): Promise<string> {
  const protection: Protection = { scheme, user: 'viewer', password: PASSWORD };
  const server = await RtspServer.start(join(folder.path, 'numbers.mp4'), await freePort(), protection);
  servers.push(server);
  return server.url;
}

const FFMPEGS = [
  ['the bundled ffmpeg', bundledFfmpeg, [RTSP_SERVER]],
  ['the system’s ffmpeg', systemFfmpeg, [RTSP_SERVER, SYSTEM_FFMPEG]],
] as const;

for (const [name, find, parts] of FFMPEGS) {
  describeWith([...parts], `${name} through a relay`, () => {
    test.each([
      ['basic', 'tcp'],
      ['digest', 'tcp'],
      ['digest', 'udp'],
    ] as const)('gets a stream behind %s over %s with its times, and shows no password', async (scheme, transport) => {
      const url = (await protectedUrl(scheme)).replace('://', `://${IN_URL}`);
      const frames: [number, number][] = [];
      const { decoder, until } = record(await find(), { source: url, transport, fps: 5 }, (frame) => {
        frames.push([readNumber(frame), frame.ptsSeconds]);
        frame.release();
        return undefined;
      });
      void decoder.start();
      await until((states) => states.some(({ state }) => state === 'live'));
      await waitFor(() => frames.length >= 10, '10 frames');
      const shown = commandLines();
      await decoder.stop();
      expect(shown).toContain('rtsp://127.0.0.1:');
      for (const secret of ['viewer', 'Hunter', PASSWORD]) expect(shown).not.toContain(secret);
      const [firstNumber, firstPts] = frames[0] ?? [Number.NaN, Number.NaN];
      for (const [number, pts] of frames)
        expect(Math.abs(pts - firstPts - (number - firstNumber) / 25)).toBeLessThan(0.02);
      expect(firstNumber).toBeLessThan(10);
    });

    test('says of a wrong password, of nobody there and of an unknown name what it says without', async () => {
      const url = await protectedUrl('digest');
      const ffmpeg = await find();
      for (const [source, reason] of [
        [url.replace('://', '://viewer:wrong@'), /wants a user and password/],
        [url.replace('://', `://${IN_URL}`).replace('/stream', '/none'), /no such stream/],
        ['rtsp://u:secret@127.0.0.1:1/s', /connection refused/],
        ['rtsp://u:secret@nobody.invalid/s', /host name.*is not known/],
        ['http://u:secret@127.0.0.1:1/s.mjpg', /connection refused/],
      ] as const) {
        const { decoder, until, states } = record(ffmpeg, { source });
        void decoder.start();
        await until((all) => all.some(({ state }) => state === 'failed'));
        await decoder.stop();
        expect(states.find(({ state }) => state === 'failed')?.reason).toMatch(reason);
      }
    });
  });
}
