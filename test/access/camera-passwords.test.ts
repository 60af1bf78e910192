import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createRawServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Daemon, ROOT } from '../support/daemon.ts';
import { describeWith, RTSP_SERVER } from '../support/parts.ts';
import { ffmpegChildren, waitFor } from '../support/processes.ts';
import { servedRoutes } from '../support/routes.ts';
import { type Protection, type RtspServer, rtspServers } from '../support/rtsp.ts';

const SECRETS = {
  digest: 'xq7Hunter22zz',
  basic: 'pf Zebra/99@kk',
  wrong: 'wrGiraffe44tt',
  http: 'htMoose55rr',
  query: 'quOtter66pp',
  added: 'adBadger77mm',
  refused: 'reLemur88ww',
};
/** As they stand in URLs and in headers too. */
const FORMS = Object.values(SECRETS).flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  ...['viewer', 'u'].map((user) => Buffer.from(`${user}:${secret}`).toString('base64')),
]);

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function filesOf(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesOf(path) : [path];
  });
}

const serve = rtspServers();

async function protectedServer(scheme: Protection['scheme'], password: string, settings = {}): Promise<RtspServer> {
  const protection: Protection = { scheme, user: 'viewer', password };
  return await serve(join(ROOT, 'fixtures/demo.mp4'), { ...settings, protection });
}

/** Refuses everybody, and says what it was asked with. */
async function refusingServer(asked: Set<string | undefined>): Promise<number> {
  const server = createServer((request, response) => {
    asked.add(request.headers.authorization).add(request.url);
    response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' });
    response.end(`no: ${request.url} ${request.headers.authorization}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Speaks RTSP, and gives the password back as its reason. */
async function tellingServer(): Promise<number> {
  const server = createRawServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const number = /CSeq: (\d+)/i.exec(String(data))?.[1] ?? '1';
      socket.write(`RTSP/1.0 499 not with ${SECRETS.digest}\r\nCSeq: ${number}\r\n\r\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Reads the command lines and environments of a daemon's ffmpegs over and over. */
function watchFfmpegs(pid: number): Set<string> {
  const seen = new Set<string>();
  const timer = setInterval(() => {
    for (const child of ffmpegChildren(pid)) {
      for (const name of ['cmdline', 'environ']) {
        try {
          seen.add(readFileSync(`/proc/${child}/${name}`, 'latin1'));
        } catch {
          // gone meanwhile
        }
      }
    }
  }, 50);
  ends.push(() => clearInterval(timer));
  return seen;
}

describeWith([RTSP_SERVER], 'a password in a camera’s URL', () => {
  test.each(['json', 'journal'])(
    'never leaves the daemon, whether it is right or wrong (log: %s)',
    async (format) => {
      const folder = mkdtempSync(join(tmpdir(), 'weir-passwords-'));
      ends.push(() => rmSync(folder, { recursive: true, force: true }));
      const digest = await protectedServer('digest', SECRETS.digest);
      const basic = await protectedServer('basic', SECRETS.basic);
      const asked = new Set<string | undefined>();
      const refusing = await refusingServer(asked);
      const telling = await tellingServer();
      writeFileSync(join(folder, 'password'), `${SECRETS.basic}\n`);
      const config = join(folder, 'weir.yaml');
      const state = join(folder, 'state');
      const withUser = (secret: string) => digest.urlFor('viewer', secret);
      writeFileSync(
        config,
        `cameras:
  - {id: gate, source: "${withUser(SECRETS.digest)}"}
  - {id: path, source: "${basic.url}", username: viewer, passwordFile: password}
  - {id: lane, source: "${withUser(SECRETS.wrong)}"}
  - {id: none, source: "rtsp://viewer:${SECRETS.digest}@127.0.0.1:1/s"}
  - {id: told, source: "rtsp://viewer:${SECRETS.digest}@127.0.0.1:${telling}/s"}
  - {id: yard, source: "http://127.0.0.1:${refusing}/mjpg?pwd=${SECRETS.query}", username: u, passwordFile: password}
  - {id: door, source: "http://u:${SECRETS.http}@127.0.0.1:${refusing}/x.m3u8"}
log: {level: debug, format: ${format === 'json' ? 'json' : 'auto'}}
`,
      );
      const args = ['--config', config, '--state-dir', state, '--rungs', 'lite0@160-int8'];
      const daemon = new Daemon(args, {}, format === 'journal');
      ends.push(() => daemon.stop());
      const ofFfmpeg = watchFfmpegs(daemon.pid);
      await daemon.subscribe();
      const places: Record<string, string> = {};
      const send = async (name: string, method: string, path: string, body?: object) => {
        const json =
          body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
        const answer = await fetch(`${daemon.address}${path}`, { method, ...json });
        places[name] =
          `${JSON.stringify([...answer.headers])}${Buffer.from(await answer.arrayBuffer()).toString('latin1')}`;
        return answer.status;
      };

      const reached = (state: string, ...ids: string[]) =>
        waitFor(() => ids.every((id) => daemon.states(id).includes(state)), `${ids} to be ${state}`, 40_000);
      await reached('failed', 'lane', 'none', 'told', 'yard', 'door');
      await reached('live', 'gate', 'path');
      // What comes over the API is kept, and what is refused is not quoted.
      const shed = {
        id: 'shed',
        source: `${digest.url}?pwd=${SECRETS.query}`,
        username: 'viewer',
        password: SECRETS.added,
      };
      expect(await send('adding', 'POST', '/api/cameras', shed)).toBe(201);
      const bad = { id: 'bad one', source: `rtsp://u:${SECRETS.refused}@h:0x/`, fps: -1, password: SECRETS.refused };
      expect(await send('refusing', 'POST', '/api/cameras', bad)).toBe(422);
      expect(await send('changing', 'PATCH', '/api/cameras/shed', { fps: 2 })).toBe(200);
      await reached('failed', 'shed');
      const reads = (await servedRoutes()).filter(({ method }) => method === 'GET');
      for (const camera of ['gate', 'lane', 'shed']) {
        for (const { url } of reads)
          await send(`${url} of ${camera}`, 'GET', url.replace(':id', camera).replaceAll(/:\w+/g, 'x'));
      }
      for (const name of ['cmdline', 'environ']) places[name] = readFileSync(`/proc/${daemon.pid}/${name}`, 'latin1');
      await daemon.stop();
      const kept = filesOf(state);
      const own = kept.find((path) => path.endsWith('cameras.json')) ?? '';
      for (const path of kept) if (path !== own) places[path] = readFileSync(path, 'latin1');
      Object.assign(places, {
        stdout: daemon.stdout,
        stderr: daemon.stderr,
        messages: JSON.stringify(daemon.messages),
      });
      places.ffmpeg = [...ofFfmpeg].join('\n');

      const leaks = Object.entries(places).flatMap(([place, text]) =>
        FORMS.filter((secret) => text.includes(secret)).map((secret) => `${secret} in ${place}`),
      );
      expect(leaks).toEqual([]);
      // They were really used, and what was looked at was there.
      expect(asked).toContain(`Basic ${Buffer.from(`u:${SECRETS.http}`).toString('base64')}`);
      expect(asked).toContain(`/mjpg?pwd=${SECRETS.query}`);
      expect(readFileSync(own, 'utf8')).toContain(SECRETS.added);
      expect(statSync(own).mode & 0o777).toBe(0o600);
      expect(places.ffmpeg).toContain('rtsp://127.0.0.1:');
      expect(daemon.stderr).toMatch(format === 'journal' ? /^<[46]>/m : /^\{/m);
      expect(reads.length).toBeGreaterThan(10);
    },
    120_000,
  );

  test('lets a camera that was pulled away back in, as a new stream', async () => {
    const first = await protectedServer('digest', SECRETS.digest);
    const source = `gate=${first.urlFor('viewer', SECRETS.digest)}`;
    const daemon = new Daemon(['--source', source, '--rungs', 'lite0@160-int8']);
    ends.push(() => daemon.stop());
    await daemon.subscribe();
    await daemon.untilLabels(1);
    await first.stop();
    const tries = () => daemon.states('gate').filter((state) => state === 'connecting').length;
    await waitFor(() => tries() > 1, 'gate to be gone', 40_000);
    const before = daemon.labels.length;
    await protectedServer('digest', SECRETS.digest, { port: first.port });
    await daemon.untilLabels(before + 1);
    expect(daemon.labels.at(-1)?.stream).toBeGreaterThan(daemon.labels[0]?.stream ?? Infinity);
    expect(ffmpegChildren(daemon.pid).length).toBe(1);
  }, 60_000);
});
