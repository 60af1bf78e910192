import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createRawServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { authorization, challengeOf } from '../../src/decode/challenge.ts';
import type { Ffmpeg } from '../../src/decode/ffmpeg.ts';
import { type Head, RtspSplitter } from '../../src/decode/heads.ts';
import { openRelay } from '../../src/decode/relay.ts';
import { isRelayed, relayTarget } from '../../src/decode/relay-target.ts';
import { ownerOf } from '../../src/decode/same-user.ts';
import { jpegOfSize } from '../../src/image/file.ts';
import { makeNumberedClip, readNumber, temporaryFolder } from '../support/clips.ts';
import { bundledFfmpeg, record, systemFfmpeg } from '../support/decoding.ts';
import { sendPictures } from '../support/endless-pictures.ts';
import { describeWith, type Part, RTSP_SERVER, SYSTEM_FFMPEG } from '../support/parts.ts';
import { commandLines, ffmpegChildren, waitFor } from '../support/processes.ts';
import { type Protection, type RtspServer, rtspServers } from '../support/rtsp.ts';

const CLIENT = { user: 'Mufasa', password: 'Circle of Life' };

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

test('only a source with something secret in its URL, or over TLS, goes through a relay', () => {
  const relayed = (source: string) => isRelayed(source, 'rtsp');
  expect(
    ['rtsp://u:p@h/s', 'rtsp://h/s?user=u&password=p', 'rtsp://h/user=a_password=b_channel=1.sdp'].map(relayed),
  ).toEqual([true, true, true]);
  expect(['rtsp://h/s', 'rtsp://u@h/s', 'rtsp://h/cam/realmonitor?channel=1&subtype=0'].map(relayed)).toEqual([
    false,
    false,
    false,
  ]);
  expect([isRelayed('rtsps://h/s', 'rtsp'), isRelayed('HTTPS://h/s.m3u8', 'hls')]).toEqual([true, true]);
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

const RELAY = { tls: { verify: false, caFile: null }, limitMs: 10_000, onTrouble: () => {}, onLedAway: () => {} };

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A camera that speaks RTSP with one nonce after the other, and keeps what it was asked. */
async function fakeCamera(answer: (request: string, count: number) => string) {
  const asked: string[] = [];
  const server = createRawServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const request = String(data);
      asked.push(request);
      const number = /^CSeq: (\d+)/m.exec(request)?.[1];
      socket.write(`RTSP/1.0 ${answer(request, asked.length)}\r\nCSeq: ${number}\r\n\r\n`);
    });
  });
  return { asked, server, port: await portOf(server) };
}

/** Sends requests through a relay to a camera, one after the other. @returns the answers */
async function ask(port: number, requests: readonly ((url: string) => string)[]): Promise<string[]> {
  const relay = await openRelay(`rtsp://u:pass-word@127.0.0.1:${port}/s?a=b`, 'rtsp', RELAY);
  const socket = connect(Number(new URL(relay.url).port), '127.0.0.1');
  const answers: string[] = [];
  for (const request of requests) {
    socket.write(request(relay.url));
    const [data] = (await once(socket, 'data')) as [Buffer];
    answers.push(String(data));
  }
  socket.destroy();
  relay.close();
  return answers;
}

test('a nonce that has grown old is replaced, and neither ffmpeg’s numbers nor its URI are disturbed', async () => {
  const challenge = (nonce: string, stale = '') =>
    `401 Unauthorized\r\nWWW-Authenticate: Digest realm="r", nonce="${nonce}"${stale}`;
  const camera = await fakeCamera((_request, count) =>
    count === 1 ? challenge('one') : count === 3 ? challenge('two', ', stale=TRUE') : '200 OK',
  );
  const answers = await ask(camera.port, [
    (url) => `DESCRIBE ${url} RTSP/1.0\r\nCSeq: 7\r\n\r\n`,
    (url) => `SETUP ${url}/track RTSP/1.0\r\nCSeq: 8\r\n\r\n`,
  ]);
  camera.server.close();
  expect(answers.map((text) => text.split('\r\n').slice(0, 2))).toEqual([
    ['RTSP/1.0 200 OK', 'CSeq: 7'],
    ['RTSP/1.0 200 OK', 'CSeq: 8'],
  ]);
  const own = `rtsp://127.0.0.1:${camera.port}/s?a=b`;
  expect(camera.asked.map((text) => /^\S+ (\S+)/.exec(text)?.[1])).toEqual([own, own, `${own}/track`, `${own}/track`]);
  expect(camera.asked.map((text) => /nonce="(\w+)"/.exec(text)?.[1])).toEqual([undefined, 'one', 'one', 'two']);
  expect(camera.asked.map((text) => /CSeq: (\d+)/.exec(text)?.[1])).toEqual(['1', '2', '3', '4']);
});

test('a wrong password is tried once, as cameras lock out who tries often', async () => {
  const camera = await fakeCamera(
    (_request, count) => `401 Unauthorized\r\nWWW-Authenticate: Digest realm="r", nonce="n${count}"`,
  );
  const [answer] = await ask(camera.port, [(url) => `DESCRIBE ${url} RTSP/1.0\r\nCSeq: 1\r\n\r\n`]);
  camera.server.close();
  expect(answer).toMatch(/^RTSP\/1.0 401 /);
  expect(camera.asked.length).toBe(2);
});

test('over UDP ffmpeg is told the address of the camera, not of the relay', async () => {
  const camera = await fakeCamera(() => '200 OK\r\nTransport: RTP/AVP;unicast;client_port=6-7;server_port=8-9');
  const [answer] = await ask(camera.port, [(url) => `SETUP ${url} RTSP/1.0\r\nCSeq: 1\r\n\r\n`]);
  camera.server.close();
  expect(answer).toContain('server_port=8-9;source=127.0.0.1');
});

test.skipIf(process.getuid?.() !== 0)('another user of the machine gets nothing through a relay', async () => {
  const camera = await fakeCamera(() => '200 OK');
  const relay = await openRelay(`rtsp://u:pass-word@127.0.0.1:${camera.port}/s`, 'rtsp', RELAY);
  const script = `const s = require('net').connect(${new URL(relay.url).port}, '127.0.0.1');
    s.write('OPTIONS ${relay.url} RTSP/1.0\\r\\nCSeq: 1\\r\\n\\r\\n');
    s.on('data', (data) => process.stdout.write(data)); s.on('error', () => {}); s.on('close', () => process.exit())`;
  const said: string[] = [];
  for (const who of [{}, { uid: 65_534, gid: 65_534 }]) {
    const child = spawn(process.execPath, ['-e', script], { ...who, cwd: '/', stdio: ['ignore', 'pipe', 'inherit'] });
    const [first] = await Promise.race([once(child.stdout, 'data'), once(child, 'close').then(() => ['nothing'])]);
    said.push(String(first));
    child.kill();
  }
  relay.close();
  camera.server.close();
  expect(said).toEqual([expect.stringContaining('200 OK'), 'nothing']);
  expect(camera.asked.length).toBe(1);
});

const PASSWORD = 'xq 7@Hunter/22';
const IN_URL = `viewer:${encodeURIComponent(PASSWORD)}@`;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const serve = rtspServers();

beforeAll(async () => {
  folder = await temporaryFolder();
  await makeNumberedClip(join(folder.path, 'numbers.mp4'), 250, 25);
});
afterEach(() => expect(ffmpegChildren()).toEqual([]));
afterAll(() => folder.remove());

async function protectedServer(scheme: Protection['scheme']): Promise<RtspServer> {
  return await serve(join(folder.path, 'numbers.mp4'), { protection: { scheme, user: 'viewer', password: PASSWORD } });
}

type Way = readonly [scheme: Protection['scheme'], transport: 'tcp' | 'udp'];

const FFMPEGS: readonly (readonly [string, () => Promise<Ffmpeg>, readonly Part[], readonly Way[]])[] = [
  [
    'the bundled ffmpeg',
    bundledFfmpeg,
    [RTSP_SERVER],
    [
      ['basic', 'tcp'],
      ['digest', 'udp'],
    ],
  ],
  [
    'the system’s ffmpeg',
    systemFfmpeg,
    [RTSP_SERVER, SYSTEM_FFMPEG],
    [
      ['digest', 'tcp'],
      ['basic', 'udp'],
    ],
  ],
];

for (const [name, find, parts, ways] of FFMPEGS) {
  describeWith([...parts], `${name} through a relay`, () => {
    test.each([...ways])(
      'gets a stream behind %s over %s with its times, and shows no password',
      async (scheme, transport) => {
        const url = (await protectedServer(scheme)).urlFor('viewer', PASSWORD);
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
      },
    );

    test('says of a wrong password, of nobody there and of an unknown name what it says without', async () => {
      const server = await protectedServer('digest');
      const ffmpeg = await find();
      for (const [source, reason] of [
        [server.urlFor('viewer', 'wrong'), /refuses the user or the password/],
        [server.urlFor('viewer', PASSWORD).replace('/stream', '/none'), /no such stream/],
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

/** One JPEG after the other, to whoever says who he is; a secret in the query is asked for too. */
async function pictureServer(picture: Buffer): Promise<Server> {
  return createServer((request, response) => {
    const basic = `Basic ${Buffer.from(`viewer:${PASSWORD}`).toString('base64')}`;
    if (request.headers.authorization !== basic || request.url !== '/live.mjpg?key=Zebra99') {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end();
      return;
    }
    sendPictures(response, picture);
  });
}

test('pictures over HTTP behind a password come through a relay, and nothing secret is shown', async () => {
  const size = { width: 160, height: 120 };
  const picture = await jpegOfSize({ ...size, pixels: new Uint8Array(160 * 120 * 3).fill(90) }, size);
  const server = await pictureServer(picture);
  const port = await portOf(server);
  let frames = 0;
  const source = `http://${IN_URL}127.0.0.1:${port}/live.mjpg?key=Zebra99`;
  const { decoder, until } = record(await bundledFfmpeg(), { source }, (frame) => {
    frames++;
    frame.release();
    return undefined;
  });
  void decoder.start();
  await until((states) => states.some(({ state }) => state === 'live'));
  await waitFor(() => frames >= 3, '3 frames');
  const shown = commandLines();
  await decoder.stop();
  server.close();
  expect(shown).toContain('/live.mjpg');
  for (const secret of ['viewer', 'Hunter', 'Zebra99']) expect(shown).not.toContain(secret);
});
