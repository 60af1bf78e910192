import { connect } from 'node:net';
import fc from 'fast-check';
import { type Attempt, attempts } from './fuzz-attempts.ts';

const HANDSHAKE =
  'GET /v1/labels HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: weir.v1+json\r\n\r\n';
const AT_ONCE = 32;
/** So long the next word is waited for once there was one, and altogether. */
const QUIET_MS = 30;
const MOST_MS = 400;

export interface FuzzCounts {
  tries: number;
  pieces: number;
  bytes: number;
  /** How connections ended: `1008`, `1009` … (close codes), `own code`, `http 400` …, `cut` (no word), `open` (nothing was wrong). */
  readonly ends: Record<string, number>;
  /** Messages that were answered, by type; errors by code. */
  readonly answers: Record<string, number>;
}

/**
 * Tries whatever a stranger may send, over many connections.
 *
 * @param until asked before every try, with the number of those that were made
 */
export async function fuzz(port: number, seed: number, until: (tries: number) => boolean): Promise<FuzzCounts> {
  const counts: FuzzCounts = { tries: 0, pieces: 0, bytes: 0, ends: {}, answers: {} };
  let batch = 0;
  let waiting: Attempt[] = [];
  const next = () => {
    if (waiting.length === 0) waiting = fc.sample(attempts, { seed: seed + batch++, numRuns: 100 });
    return waiting.pop();
  };
  const work = async () => {
    while (!until(counts.tries)) {
      const attempt = next();
      if (attempt === undefined) return;
      counts.tries++;
      counts.pieces += attempt.pieces.length;
      for (const piece of attempt.pieces) counts.bytes += piece.length;
      count(counts, await heard(port, attempt));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return counts;
}

/** Everything that the other end says to an attempt, and whether it ended the connection. */
function heard(port: number, { isUpgraded, pieces }: Attempt): Promise<{ bytes: Buffer; isEnded: boolean }> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    let isEnded = false;
    const done = () => {
      clearTimeout(quiet);
      clearTimeout(most);
      socket.destroy();
      resolve({ bytes: Buffer.concat(chunks), isEnded });
    };
    let quiet: NodeJS.Timeout | undefined;
    const most = setTimeout(done, MOST_MS);
    socket.on('error', () => {});
    socket.on('close', () => {
      isEnded = true;
      done();
    });
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      clearTimeout(quiet);
      quiet = setTimeout(done, QUIET_MS);
    });
    socket.once('connect', () => {
      if (isUpgraded) socket.write(HANDSHAKE);
      for (const piece of pieces) socket.write(piece);
    });
  });
}

function count(counts: FuzzCounts, { bytes, isEnded }: { bytes: Buffer; isEnded: boolean }): void {
  const add = (of: Record<string, number>, name: string) => {
    of[name] = (of[name] ?? 0) + 1;
  };
  const status = /^HTTP\/1\.1 (\d+)/.exec(bytes.toString('latin1', 0, 20))?.[1];
  if (status !== '101') return add(counts.ends, status === undefined ? (isEnded ? 'cut' : 'open') : `http ${status}`);
  let end = isEnded ? 'cut' : 'open';
  for (const { opcode, payload } of framesOf(bytes.subarray(bytes.indexOf('\r\n\r\n') + 4))) {
    if (opcode === 8) end = endOf(payload);
    if (opcode !== 1) continue;
    const { type, code } = JSON.parse(payload.toString());
    add(counts.answers, type === 'error' ? `error ${code}` : type);
  }
  add(counts.ends, end);
}

/** A code; one that the other end made up itself comes back to it. */
function endOf(payload: Buffer): string {
  const code = payload.length < 2 ? 1005 : payload.readUInt16BE();
  return code >= 3_000 ? 'own code' : String(code);
}

/** Whole frames of a server. */
function* framesOf(bytes: Buffer): Generator<{ opcode: number; payload: Buffer }> {
  for (let at = 0; at + 2 <= bytes.length; ) {
    const short = bytes.readUInt8(at + 1) & 0x7f;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (at + head > bytes.length) return;
    const length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    const end = at + head + length;
    if (end > bytes.length) return;
    yield { opcode: bytes.readUInt8(at) & 0x0f, payload: bytes.subarray(at + head, end) };
    at = end;
  }
}
