import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createRawServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Daemon } from '../support/daemon.ts';
import { waitFor } from '../support/processes.ts';

const SECRETS = { rtsp: 'xq7Hunter22zz', file: 'pfZebra99kk', http: 'htMoose55rr' };

function filesOf(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesOf(path) : [path];
  });
}

test('a password in a camera’s URL never leaves the daemon, though cameras answer with it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-passwords-'));
  // It refuses, and says what it was asked with.
  const asked = new Set<string | undefined>();
  const camera = createServer((request, response) => {
    asked.add(request.headers.authorization);
    response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' });
    response.end(`no: ${request.url} ${request.headers.authorization}`);
  });
  await new Promise<void>((resolve) => camera.listen(0, '127.0.0.1', resolve));
  const { port } = camera.address() as AddressInfo;
  // It speaks RTSP, and gives the password back as its reason.
  const teller = createRawServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const number = /CSeq: (\d+)/i.exec(String(data))?.[1] ?? '1';
      socket.write(`RTSP/1.0 499 not with ${SECRETS.rtsp}\r\nCSeq: ${number}\r\n\r\n`);
    });
  });
  await new Promise<void>((resolve) => teller.listen(0, '127.0.0.1', resolve));
  const { port: tellerPort } = teller.address() as AddressInfo;
  writeFileSync(join(folder, 'password'), `${SECRETS.file}\n`);
  const config = join(folder, 'weir.yaml');
  const state = join(folder, 'state');
  writeFileSync(
    config,
    `cameras:
  - {id: gate, source: "rtsp://admin:${SECRETS.rtsp}@127.0.0.1:${port}/s"}
  - {id: path, source: "rtsp://admin:${SECRETS.rtsp}@127.0.0.1:${tellerPort}/s"}
  - {id: lane, source: "rtsp://admin:${SECRETS.rtsp}@127.0.0.1:1/s"}
  - {id: yard, source: "http://127.0.0.1:${port}/mjpg?a=b", username: u, passwordFile: password}
  - {id: door, source: "http://u:${SECRETS.http}@127.0.0.1:${port}/x.m3u8"}
log: {level: debug, format: json}
`,
  );
  const daemon = new Daemon(['--config', config, '--state-dir', state, '--rungs', 'lite0@160-int8']);
  try {
    await daemon.subscribe();
    const failed = (id: string) => daemon.states(id).includes('failed');
    await waitFor(() => ['gate', 'path', 'lane', 'yard', 'door'].every(failed), 'every camera to fail', 30_000);
    const places: Record<string, string> = { messages: JSON.stringify(daemon.messages) };
    for (const path of ['/metrics', '/healthz', '/readyz', '/api/cameras', '/api/cameras/gate/teach', '/api/nothing']) {
      places[path] = await (await fetch(`${daemon.address}${path}`)).text();
    }
    for (const name of ['cmdline', 'environ']) {
      places[name] = readFileSync(`/proc/${daemon.pid}/${name}`, 'utf8');
    }
    await daemon.stop();
    places.stdout = daemon.stdout;
    places.stderr = daemon.stderr;
    for (const path of statSync(state, { throwIfNoEntry: false }) ? filesOf(state) : []) {
      places[path] = readFileSync(path, 'latin1');
    }
    const wanted = Object.values(SECRETS);
    const encoded = [SECRETS.file, SECRETS.http].map((secret) => Buffer.from(`u:${secret}`).toString('base64'));
    const leaks = Object.entries(places).flatMap(([place, text]) =>
      [...wanted, ...encoded].filter((secret) => text.includes(secret)).map((secret) => `${secret} in ${place}`),
    );
    expect(leaks).toEqual([]);
    // They were really used.
    for (const secret of encoded) expect(asked).toContain(`Basic ${secret}`);
  } finally {
    await daemon.stop();
    camera.close();
    teller.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
