// What the script inside the test's machine does things with.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** Runs a command to its end, whatever that is. */
export function command(name, ...args) {
  return new Promise((resolve) => {
    execFile(name, args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    );
  });
}

export async function properties(...names) {
  const { stdout } = await command('systemctl', 'show', 'weir', ...names.map((name) => `--property=${name}`));
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

export async function until(condition, what, limitMs = 40_000) {
  const giveUp = Date.now() + limitMs;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (Date.now() > giveUp) throw new Error(`waited ${limitMs} ms for ${what}`);
    await sleep(50);
  }
}

/** Processes whose command begins with a name, by id, with their parent. */
export function processes(name) {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const [, comm, rest] = /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/${entry}/stat`, 'utf8')) ?? [];
      return comm?.startsWith(name) ? [{ pid: Number(entry), parent: Number(rest.split(' ')[1]) }] : [];
    } catch {
      return [];
    }
  });
}

const COMMON = `mode: cascade
rungs: [lite0@96-int8]
inference: {slots: 1, warmupRuns: 20}
`;

export function configure(cameras, more = '') {
  writeFileSync('/etc/weir/weir.yaml', `${COMMON}${more}cameras: ${JSON.stringify(cameras)}\n`);
}

/** A server that takes connections and says nothing. */
export function silence(port) {
  createServer((socket) => socket.on('error', () => {})).listen(port, '127.0.0.1');
}

/** An RTSP server that lets nobody in, and keeps what it was told as a password. */
export function lockedDoor(port) {
  const told = new Set();
  createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const text = String(data);
      const basic = /Authorization: Basic (\S+)/i.exec(text)?.[1];
      if (basic !== undefined) told.add(String(Buffer.from(basic, 'base64')));
      const number = /CSeq: (\d+)/i.exec(text)?.[1] ?? '1';
      socket.write(`RTSP/1.0 401 Unauthorized\r\nCSeq: ${number}\r\nWWW-Authenticate: Basic realm="door"\r\n\r\n`);
    });
  }).listen(port, '127.0.0.1');
  return told;
}

/** A subscriber to everything. */
export async function subscribe() {
  const messages = [];
  const socket = new WebSocket('ws://127.0.0.1:8700/v1/labels', ['weir.v1+json']);
  const closed = new Promise((resolve) => {
    socket.on('close', (code) => resolve(code));
  });
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  socket.on('error', () => {});
  await new Promise((resolve) => {
    socket.once('open', resolve);
  });
  socket.send(JSON.stringify({ type: 'subscribe', cameras: 'all', every: 'frame' }));
  await until(() => messages.some(({ type }) => type === 'subscribed'), 'the subscription');
  const labels = (camera) => messages.filter((message) => message.type === 'label' && message.camera === camera);
  return {
    messages,
    closed,
    labels,
    states: (camera) =>
      messages.filter((message) => message.type === 'camera' && message.camera === camera).map(({ state }) => state),
    untilMore: (camera, count) => {
      const before = labels(camera).length;
      return until(() => labels(camera).length >= before + count, `${count} labels of ${camera}`);
    },
  };
}
