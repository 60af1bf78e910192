import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createPlainServer, type Server } from 'node:net';
import { basename, join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Ffmpeg } from '../../src/decode/ffmpeg.ts';
import { jpegOfSize } from '../../src/image/file.ts';
import { makeCertificate, makeSignedCertificate } from '../support/certificates.ts';
import { ffmpeg, makeNumberedClip, temporaryFolder } from '../support/clips.ts';
import { bundledFfmpeg, type Recorded, record, systemFfmpeg } from '../support/decoding.ts';
import { sendPictures } from '../support/endless-pictures.ts';
import { listening } from '../support/listening.ts';
import { describeWith, RTSP_SERVER, SYSTEM_FFMPEG } from '../support/parts.ts';
import { commandLines, ffmpegChildren, openDescriptors, waitFor } from '../support/processes.ts';
import { rtspServers } from '../support/rtsp.ts';

const PASSWORD = 'xq 7@Hunter/22';
const USER = `viewer:${encodeURIComponent(PASSWORD)}@`;
const BASIC = `Basic ${Buffer.from(`viewer:${PASSWORD}`).toString('base64')}`;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const at = (name: string) => join(folder.path, name);
const serve = rtspServers();
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  for (const name of ['own', 'authority', 'stranger']) makeCertificate(folder.path, name);
  makeSignedCertificate(folder.path, 'signed', { authority: 'authority' });
  makeSignedCertificate(folder.path, 'expired', { authority: 'authority', days: -1 });
  makeSignedCertificate(folder.path, 'other', { authority: 'authority', names: 'DNS:other.example' });
  await makeNumberedClip(at('numbers.mp4'), 250, 25);
  await ffmpeg([
    '-i',
    at('numbers.mp4'),
    '-c',
    'copy',
    '-f',
    'hls',
    '-hls_time',
    '2',
    '-hls_list_size',
    '0',
    at('list.m3u8'),
  ]);
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  expect(ffmpegChildren()).toEqual([]);
});
afterAll(() => folder.remove());

/** Lets a server listen until the test is over, with all that connects to it. */
async function portOf(server: Server): Promise<number> {
  const { port, end } = await listening(server, '127.0.0.1');
  ends.push(end);
  return port;
}

const certificate = (name: string) => ({ cert: readFileSync(at(`${name}.pem`)), key: readFileSync(at(`${name}.key`)) });

/** Watches a camera until `found`. @returns what was said of it */
async function watch(
  find: () => Promise<Ffmpeg>,
  settings: Parameters<typeof record>[1],
  found: (states: Recorded['states']) => boolean,
): Promise<string> {
  const { decoder, until, states } = record(await find(), settings);
  void decoder.start();
  await until(found).finally(() => decoder.stop());
  return states.map(({ state, reason }) => `${state}: ${reason}`).join('\n');
}

const isLive = (states: Recorded['states']) => states.some(({ state }) => state === 'live');
const hasFailed = (states: Recorded['states']) => states.some(({ state }) => state === 'failed');

const FFMPEGS = [
  ['the bundled ffmpeg', bundledFfmpeg, [RTSP_SERVER], ['digest', undefined]],
  ['the system’s ffmpeg', systemFfmpeg, [RTSP_SERVER, SYSTEM_FFMPEG], ['basic']],
] as const;

for (const [name, find, parts, schemes] of FFMPEGS) {
  describeWith([...parts], `a camera over rtsps://, by ${name}`, () => {
    test.each(schemes.map((scheme) => [scheme ?? 'no password', scheme] as const))(
      'gives frames behind %s, is known by its own certificate, and a wrong password is told without itself',
      async (_name, scheme) => {
        const protection = scheme === undefined ? undefined : { scheme, user: 'viewer', password: PASSWORD };
        const server = await serve(at('numbers.mp4'), { protection, certificate: at('own') });
        const source = scheme === undefined ? server.url : server.urlFor('viewer', PASSWORD);
        let shown = '';
        await watch(find, { source, tls: { verify: true, caFile: at('own.pem') } }, (states) => {
          shown = commandLines();
          return isLive(states);
        });
        expect(shown).toContain('rtsp://127.0.0.1:');
        for (const secret of ['viewer', 'Hunter', 'rtsps:']) expect(shown).not.toContain(secret);
        if (scheme === undefined) return;
        const said = await watch(find, { source: server.urlFor('viewer', 'wrong-Zebra') }, hasFailed);
        expect(said).toContain('it refuses the user or the password');
        expect(said).not.toContain('Zebra');
      },
    );
  });
}

test.each([
  ['signed', 'authority', null],
  ['own', 'own', null],
  ['other', 'other', null], // whatever its name, if it is this very one
  [
    'own',
    'authority',
    /it shows another certificate \(SHA-256 [0-9A-F:]{95}\) than .*authority\.pem has \(SHA-256 [0-9A-F:]{95}\).*in between.*compare/,
  ],
  ['signed', 'stranger', /shows another certificate .* than .*stranger\.pem has .*in between.*compare/],
  ['signed', null, /whom nobody here knows: .*caFile/],
  ['own', null, /signed its certificate itself, and that is not known here: .*caFile.*\(SHA-256 [0-9A-F:]{95}\)/],
  ['expired', 'authority', /has expired on .* GMT: renew it/],
  ['other', 'authority', /is for DNS:other\.example, not for 127\.0\.0\.1: name it so in source/],
])('a certificate “%s” where “%s” is trusted: %s', async (shown, trusted, refusal) => {
  const received: string[] = [];
  const server = createTlsServer(certificate(shown), (socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => received.push(String(data)));
    socket.end('RTSP/1.0 454 Session Not Found\r\nCSeq: 1\r\n\r\n');
  });
  const source = `rtsps://${USER}127.0.0.1:${await portOf(server)}/s`;
  const caFile = trusted === null ? {} : { caFile: at(`${trusted}.pem`) };
  const said = await watch(bundledFfmpeg, { source, tls: { verify: true, ...caFile } }, hasFailed);
  if (refusal === null) {
    expect(said).not.toContain('certificate');
    expect(received.join()).toContain('RTSP/1.0');
  } else {
    expect(said).toMatch(refusal);
    if (trusted !== null) expect(said).not.toContain('tls.verify to false');
    expect(received).toEqual([]); // nothing is said to a stranger, least of all who one is
  }
  expect(said).not.toContain('Hunter');
});

test('what is not verified is taken from whoever answers, and a file of authorities that goes is told', async () => {
  const port = await portOf(
    createTlsServer(certificate('expired'), (socket) => socket.end('RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n')),
  );
  expect(await watch(bundledFfmpeg, { source: `rtsps://127.0.0.1:${port}/s` }, hasFailed)).toContain('no such stream');
  const tls = { verify: true, caFile: at('gone.pem') };
  const said = await watch(bundledFfmpeg, { source: `rtsps://127.0.0.1:${port}/s`, tls }, hasFailed);
  expect(said).toContain(`tls.caFile ${at('gone.pem')} cannot be read`);
});

/** Sends an RTSP answer as soon as it is spoken to, whatever was said. */
const plainServer = () =>
  createPlainServer((socket) => socket.once('data', () => socket.end('RTSP/1.0 400 Bad Request\r\n\r\n')));
/** Takes the TCP connection, and says nothing. */
const silentServer = () => createPlainServer(() => {});
const closingServer = () => createPlainServer((socket) => socket.destroy());
const tlsServer = () => createTlsServer(certificate('own'));

test.each([
  ['a plain server behind rtsps://', plainServer, 'rtsps', /does not speak TLS there: use rtsp:\/\//],
  ['a plain server behind https://', plainServer, 'https', /does not speak TLS there: use http:\/\//],
  ['a server that closes behind rtsps://', closingServer, 'rtsps', /breaks off the TLS handshake/],
  ['a server that hangs behind rtsps://', silentServer, 'rtsps', /TLS handshake hangs \(800 ms\).* use rtsp:\/\//],
  ['a server that hangs behind https://', silentServer, 'https', /TLS handshake hangs/],
  ['a TLS server behind rtsp:// with a password', tlsServer, `rtsp+${USER}`, /use rtsps:\/\//],
  ['a TLS server behind rtsp:// without', tlsServer, 'rtsp', /use rtsps:\/\//],
  ['a TLS server behind http:// with a password', tlsServer, `http+${USER}`, /use https:\/\//],
  ['a TLS server behind http:// without', tlsServer, 'http', /may want https:\/\//],
] as const)('%s is told as what it is', async (_name, server, way, words) => {
  const [scheme, user = ''] = way.split('+');
  const source = `${scheme}://${user}127.0.0.1:${await portOf(server())}/s`;
  const said = await watch(bundledFfmpeg, { source, connectTimeoutMs: 1_000 }, hasFailed);
  expect(said).toMatch(words);
  expect(said).not.toContain('Hunter');
});

test.each([
  ['pictures', 'live.mjpg'],
  ['a recording', 'numbers.mp4'],
  ['a list and its segments', 'list.m3u8'],
])('%s over https:// with a password come through the relay, and only with the right one', async (_name, path) => {
  const size = { width: 160, height: 120 };
  const picture = await jpegOfSize({ ...size, pixels: new Uint8Array(160 * 120 * 3).fill(90) }, size);
  const clip = readFileSync(at('numbers.mp4'));
  const server = createHttpsServer(certificate('signed'), (request, response) => {
    if (request.headers.authorization !== BASIC) {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end();
    } else if (/\.(?:m3u8|ts)$/.test(request.url ?? '')) {
      response.end(readFileSync(at(basename(request.url ?? ''))));
    } else if (path.endsWith('.mp4')) {
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const range = `bytes ${from}-${clip.length - 1}/${clip.length}`;
      response.writeHead(206, { 'Content-Range': range, 'Content-Length': clip.length - from });
      response.end(clip.subarray(from));
    } else {
      sendPictures(response, picture);
    }
  });
  const port = await portOf(server);
  const tls = { verify: true, caFile: at('authority.pem') };
  await watch(bundledFfmpeg, { source: `https://${USER}127.0.0.1:${port}/${path}`, tls }, isLive);
  const said = await watch(
    bundledFfmpeg,
    { source: `https://viewer:wrong-Zebra@127.0.0.1:${port}/${path}` },
    hasFailed,
  );
  expect(said).toContain('it refuses the user or the password');
  expect(said).not.toContain('Zebra');
});

test.each(['Basic', 'Digest'])(
  'a list behind %s takes one handshake for each request, and one more to be asked',
  async (scheme) => {
    const answers: string[] = [];
    let nonce = 0;
    let handshakes = 0;
    const server = createHttpsServer(certificate('own'), (request, response) => {
      const { authorization = '' } = request.headers;
      // A nonce grows stale after three requests.
      const isKnown = scheme === 'Basic' ? authorization === BASIC : authorization.includes(`nonce="n${nonce}"`);
      answers.push(isKnown ? (/nc=(\d+)/.exec(authorization)?.[1] ?? 'basic') : '401');
      if (isKnown) {
        if (authorization.includes('nc=00000003')) nonce++;
        return void response.end(readFileSync(at(basename(request.url ?? ''))));
      }
      const words = scheme === 'Basic' ? 'Basic realm="x"' : `Digest realm="x", qop="auth", nonce="n${nonce}"`;
      response.writeHead(401, { 'WWW-Authenticate': words }).end();
    });
    server.on('secureConnection', () => handshakes++);
    const { decoder, until } = record(await bundledFfmpeg(), {
      source: `https://${USER}127.0.0.1:${await portOf(server)}/list.m3u8`,
    });
    void decoder.start();
    await until((states) => states.some(({ state }) => state === 'ended')).finally(() => decoder.stop());
    const basic = ['401', ...Array(6).fill('basic')];
    const turns = ['00000001', '00000002', '00000003'];
    expect(answers).toEqual(scheme === 'Basic' ? basic : ['401', ...turns, '401', ...turns]);
    expect(handshakes).toBe(answers.length);
  },
);

test('where a camera sends on to itself, it is followed with the cookie that it set', async () => {
  const seen: (string | undefined)[] = [];
  const server = createHttpsServer(certificate('own'), (request, response) => {
    seen.push(`${request.url} ${request.headers.cookie}`);
    if (request.url === '/next.mjpg') return void response.writeHead(404).end();
    const cookie = 'session=7; Path=/; Domain=127.0.0.2; HttpOnly';
    response.writeHead(302, { Location: `https://127.0.0.1:${port}/next.mjpg`, 'Set-Cookie': cookie }).end();
  });
  const port = await portOf(server);
  await watch(bundledFfmpeg, { source: `https://127.0.0.1:${port}/x.mjpg` }, hasFailed);
  expect(seen.slice(0, 2)).toEqual(['/x.mjpg undefined', '/next.mjpg session=7']);
});

test('where a verified camera sends on to another over TLS, whom nobody would verify, it is not followed', async () => {
  const server = createHttpsServer(certificate('signed'), (_request, response) =>
    response.writeHead(302, { Location: 'https://localhost:1/x.mjpg' }).end(),
  );
  const source = `https://127.0.0.1:${await portOf(server)}/x.mjpg`;
  const tls = { verify: true, caFile: at('authority.pem') };
  expect(await watch(bundledFfmpeg, { source, tls }, hasFailed)).toContain('whose certificate nobody checks');
});

/** A host over plain HTTP with pictures of its own; with what it was asked for. */
async function plainHost(): Promise<{ origin: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createHttpServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(readFileSync(at(basename(request.url ?? ''))));
  });
  return { origin: `http://127.0.0.1:${await portOf(server)}`, asked };
}

/** An HTTPS camera that answers as told, and the settings to watch it as verified. */
async function verifiedCamera(
  path: string,
  answer: (response: ServerResponse, file: string) => unknown,
): Promise<{ source: string; tls: { verify: true; caFile: string } }> {
  const server = createHttpsServer(
    certificate('signed'),
    (request, response) => void answer(response, basename(request.url ?? '')),
  );
  const source = `https://${USER}127.0.0.1:${await portOf(server)}/${path}`;
  return { source, tls: { verify: true, caFile: at('authority.pem') } };
}

const PLAIN = /sends on to http:\/\/127\.0\.0\.1:\d+, where nobody would be verified.*tls\.verify to false/;

for (const [name, find, parts] of [
  ['the bundled ffmpeg', bundledFfmpeg, []],
  ['the system’s ffmpeg', systemFfmpeg, [SYSTEM_FFMPEG]],
] as const) {
  describeWith([...parts], `a verified camera that leads to this machine in the clear, by ${name}`, () => {
    test.each([
      ['by its answer', (origin: string) => `${origin}/numbers.mp4`],
      ['by its answer, without a scheme', (origin: string) => `${origin.replace('http:', '')}/numbers.mp4`],
    ])('%s, is told with what to do; nothing is asked for there', async (_name, place) => {
      const { origin, asked } = await plainHost();
      const camera = await verifiedCamera('x.mp4', (response) =>
        response.writeHead(302, { Location: place(origin) }).end(),
      );
      expect(await watch(find, camera, hasFailed)).toMatch(PLAIN);
      const unverified = { ...camera, tls: { verify: false } };
      expect(asked).toEqual([]);
      expect(await watch(find, unverified, isLive)).not.toMatch(PLAIN); // who trusts anybody is not kept from it
      expect(asked).not.toEqual([]);
    });

    test.each([
      ['its first segment', 0],
      ['a later segment', 3],
    ])('by %s in a list, is told with what to do; nothing is asked for there', async (_name, from) => {
      const { origin, asked } = await plainHost();
      let segments = 0;
      const list = readFileSync(at('list.m3u8'), 'utf8').replace(/^list\d+\.ts$/gm, (segment) =>
        segments++ < from ? segment : `${origin}/${segment}`,
      );
      const camera = await verifiedCamera('list.m3u8', (response, file) =>
        response.end(file.endsWith('.ts') ? readFileSync(at(file)) : list),
      );
      const said = await watch(find, camera, hasFailed);
      expect(said).toMatch(PLAIN);
      if (from === 0) expect(said).not.toContain('live');
      expect(asked).toEqual([]);
    });
  });
}

describeWith([RTSP_SERVER], 'a camera over rtsps:// that goes and comes', () => {
  test('is opened again, and leaves neither descriptors nor processes behind', async () => {
    const settings = {
      protection: { scheme: 'digest', user: 'viewer', password: PASSWORD },
      certificate: at('own'),
    } as const;
    const first = await serve(at('numbers.mp4'), settings);
    const source = first.urlFor('viewer', PASSWORD);
    const { decoder, until, states } = record(await bundledFfmpeg(), { source });
    void decoder.start();
    await until(isLive);
    await first.stop();
    await until((all) => all.some(({ state }) => state === 'failed'));
    await serve(at('numbers.mp4'), { ...settings, port: first.port });
    await until((all) => all.filter(({ state }) => state === 'live').length === 2);
    await decoder.stop();
    expect(states.map(({ state }) => state)).toContain('stalled');

    const bundled = await bundledFfmpeg();
    const before = openDescriptors();
    for (let turn = 0; turn < 20; turn++) {
      const { decoder: quick, until: reached } = record(bundled, { source });
      void quick.start();
      // Some end in the middle of their opening, some once they are there.
      if (turn % 10 === 0) await reached(isLive);
      else await waitFor(() => ffmpegChildren().length > 0, 'an ffmpeg');
      await quick.stop();
    }
    expect(ffmpegChildren()).toEqual([]);
    await waitFor(() => openDescriptors().length <= before.length, 'the descriptors to be closed');
  }, 60_000);
});
