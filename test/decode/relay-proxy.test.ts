import { readFileSync } from 'node:fs';
import { createServer as createPlainHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect, createServer as createPlain, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { ffmpegEnvironment, isProxied } from '../../src/decode/proxy.ts';
import { jpegOfSize } from '../../src/image/file.ts';
import { makeCertificate } from '../support/certificates.ts';
import { temporaryFolder } from '../support/clips.ts';
import { bundledFfmpeg, type Recorded, record, systemFfmpeg } from '../support/decoding.ts';
import { sendPictures } from '../support/endless-pictures.ts';
import { listening } from '../support/listening.ts';
import { describeWith, SYSTEM_FFMPEG } from '../support/parts.ts';

/** Of this machine, and not the relay's own: ffmpeg would go there through a proxy. */
const HOST = '127.0.0.2';

test.each([
  ['https://cam.lan/x', 'http://p:1', undefined, true],
  ['rtsps://u@cam.lan:8322/x', 'http://p:1', '', true],
  ['http://cam.lan/x', 'http://p:1', undefined, false], // ffmpeg opens it itself anyway
  ['https://cam.lan/x', undefined, undefined, false],
  ['https://cam.lan/x', 'https://p:1', undefined, false],
  ['https://cam.lan/x', 'http://p:1', '*', false],
  ['https://cam.lan/x', 'http://p:1', 'other, .lan', false],
  ['https://cam.lan/x', 'http://p:1', '*.lan', false],
  ['https://cam.lan/x', 'http://p:1', 'cam.lan', false],
  ['https://webcam.lan/x', 'http://p:1', 'cam.lan', true],
  ['https://[fe80::1]:8443/x', 'http://p:1', 'fe80::1', false],
])('%s with a proxy %s and exceptions %s: ffmpeg would ask the proxy: %s', (source, http_proxy, no_proxy, is) => {
  expect(isProxied(source, { http_proxy, no_proxy })).toBe(is);
});

test('ffmpeg asks no proxy for what listens on this machine; where the relay is the proxy, there is no other exception', () => {
  const env = { http_proxy: 'http://p:1', no_proxy: '.lan', HOME: '/h' };
  expect(ffmpegEnvironment([], env)).toEqual({ ...env, no_proxy: '.lan,127.0.0.1' });
  expect(ffmpegEnvironment([], { HOME: '/h' })).toEqual({ HOME: '/h', no_proxy: '127.0.0.1' });
  expect(ffmpegEnvironment(['-http_proxy', 'http://127.0.0.1:9'], env).no_proxy).toBe('');
});

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let certificate: { readonly cert: Buffer; readonly key: Buffer };
let picture: Buffer;
const ends: (() => void)[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  makeCertificate(folder.path, 'own');
  const read = (name: string) => readFileSync(join(folder.path, name));
  certificate = { cert: read('own.pem'), key: read('own.key') };
  const size = { width: 160, height: 120 };
  picture = await jpegOfSize({ ...size, pixels: new Uint8Array(160 * 120 * 3).fill(90) }, size);
});
afterEach(() => {
  vi.unstubAllEnvs();
  for (const end of ends.splice(0)) end();
});
afterAll(() => folder.remove());

/** Lets a server listen until the test is over, with all that connects to it. */
async function portOf(server: Server, host = HOST): Promise<number> {
  const { port, end } = await listening(server, host);
  ends.push(end);
  return port;
}

/** Sends picture after picture, to whom has the password if there is one. */
const camera = (isOpen: boolean) =>
  createHttps(certificate, (request, response) => {
    if (!isOpen && request.headers.authorization === undefined) {
      return void response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end();
    }
    sendPictures(response, picture);
  });

/** A proxy of this test's environment. @returns what it was asked for */
async function proxied(): Promise<string[]> {
  const asked: string[] = [];
  const proxy = createPlainHttp((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(502).end();
  });
  proxy.on('connect', (request, client: Socket) => {
    asked.push(`CONNECT ${request.url}`);
    const [host, port] = (request.url ?? '').split(':');
    const server = connect(Number(port), host, () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
    client.pipe(server.on('error', () => client.destroy())).pipe(client.on('error', () => server.destroy()));
    ends.push(() => server.destroy());
  });
  vi.stubEnv('http_proxy', `http://127.0.0.1:${await portOf(proxy, '127.0.0.1')}`);
  vi.stubEnv('no_proxy', undefined);
  return asked;
}

const isLive = (states: Recorded['states']) => states.some(({ state }) => state === 'live');
const hasFailed = (states: Recorded['states']) => states.some(({ state }) => state === 'failed');
const verified = () => ({ verify: true, caFile: join(folder.path, 'own.pem') });

const FFMPEGS = [
  ['the bundled ffmpeg', bundledFfmpeg, []],
  ['the system’s ffmpeg', systemFfmpeg, [SYSTEM_FFMPEG]],
] as const;
for (const [name, find, parts] of FFMPEGS) {
  const watch = async (settings: Parameters<typeof record>[1], found: (states: Recorded['states']) => boolean) => {
    const { decoder, until, states } = record(await find(), settings);
    void decoder.start();
    await until(found).finally(() => decoder.stop());
    return states.map(({ state, reason }) => `${state}: ${reason}`).join('\n');
  };

  describeWith([...parts], `${name} where a proxy is set`, () => {
    test('reaches the relay without it', async () => {
      const asked = await proxied();
      await watch({ source: `https://u:pw@${HOST}:${await portOf(camera(false))}/x` }, isLive);
      await watch({ source: `https://${HOST}:${await portOf(camera(true))}/x`, tls: verified() }, isLive);
      vi.stubEnv('no_proxy', HOST);
      await watch({ source: `https://${HOST}:${await portOf(camera(true))}/x` }, isLive);
      expect(asked).toEqual([]);
    });

    test('goes through it to what the relay would not reach', async () => {
      const asked = await proxied();
      const port = await portOf(camera(true));
      await watch({ source: `https://${HOST}:${port}/x` }, isLive);
      expect(asked).toEqual([`CONNECT ${HOST}:${port}`]);
    });
  });

  describeWith([...parts], `a verified camera by ${name}`, () => {
    /** Whoever is not verified. @returns its port, and who came */
    const stranger = async () => {
      const asked: (number | undefined)[] = [];
      const server = createPlain((socket) => {
        asked.push(socket.remotePort);
        socket.destroy();
      });
      return { port: await portOf(server), asked };
    };
    const list = '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:2,\n';

    test.each([
      ['sends on to another in the clear', 'x.mjpg', undefined],
      ['sends on to another in the clear, whatever is excepted from proxies', 'x.mjpg', '*'],
      ['names another in the clear in its list', 'x.m3u8', undefined],
    ])('that %s is not followed', async (_what, path, exceptions) => {
      vi.stubEnv('no_proxy', exceptions);
      const { port, asked } = await stranger();
      const place = `http://${HOST}:${port}/y.ts?pwd=Hunter2`;
      const server = createHttps(certificate, (_request, response) => {
        if (path.endsWith('.m3u8')) response.end(`${list}${place}\n#EXT-X-ENDLIST\n`);
        else response.writeHead(302, { Location: place }).end();
      });
      const source = `https://${HOST}:${await portOf(server)}/${path}`;
      const said = await watch({ source, tls: verified() }, hasFailed);
      expect(said).toMatch(/it sends on to http:\/\/127\.0\.0\.2:\d+, where nobody would be verified/);
      expect(said).not.toContain('Hunter2');
      expect(asked).toEqual([]);
    });

    test('that sends on over RTSP is not followed', async () => {
      const { port, asked } = await stranger();
      const server = createTls(certificate, (socket) => {
        socket.on('error', () => {});
        const answer = `RTSP/1.0 302 Moved\r\nCSeq: 1\r\nLocation: rtsp://${HOST}:${port}/y\r\n\r\n`;
        socket.once('data', () => socket.write(answer));
      });
      const source = `rtsps://${HOST}:${await portOf(server)}/x`;
      const said = await watch({ source, tls: verified() }, hasFailed);
      expect(said).toMatch(/it sends on to rtsp:\/\/127\.0\.0\.2:\d+, where nobody would be verified/);
      expect(asked).toEqual([]);
    });
  });
}

describe('a camera that is not verified', () => {
  test('is followed to another in the clear, as ever', async () => {
    const asked: string[] = [];
    const next = createPlainHttp((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    const place = `http://${HOST}:${await portOf(next)}/y.mjpg`;
    const server = createHttps(certificate, (_request, response) => response.writeHead(302, { Location: place }).end());
    const { decoder, until } = record(await bundledFfmpeg(), { source: `https://${HOST}:${await portOf(server)}/x` });
    void decoder.start();
    await until(hasFailed).finally(() => decoder.stop());
    expect(asked[0]).toBe('/y.mjpg');
  });
});
