// A process with many subscribers, told over IPC what to do: see crowd.ts, which starts it.
import { WebSocket } from 'ws';
import { type LabelMessage, type SocketConstructor, WeirClient } from '../src/client/client.ts';
import { SYSTEM_CLOCK } from '../src/service/clock.ts';
import { numberOf } from './subscribers-label.ts';

export type CrowdOrder =
  | {
      readonly order: 'join';
      readonly url: string;
      readonly count: number;
      readonly cameras: readonly string[] | 'all';
    }
  | { readonly order: 'stall'; readonly count: number }
  | { readonly order: 'resume' | 'drop' | 'report' | 'leave' };

export interface CrowdReport {
  readonly live: number;
  /** From emission to receipt of those that read, since the last report. */
  readonly delaysMs: readonly number[];
  /** Over all subscribers, since they joined. */
  readonly labels: number;
  /** Labels that came neither, nor were told as missed. */
  readonly lost: number;
  readonly doubled: number;
  readonly gaps: number;
  readonly missed: number;
  /** How often a connection ended, by reason. */
  readonly ends: Readonly<Record<string, number>>;
  /** The least and the most that a subscriber has come to: the number of its newest label. */
  readonly newest: readonly [number, number];
}

interface Member {
  readonly client: WeirClient;
  socket: WebSocket | undefined;
  isStalled: boolean;
  newest: number;
  /** A gap was told since the newest label. */
  isGapTold: boolean;
}

const members: Member[] = [];
let delaysMs: number[] = [];
const counts = { labels: 0, lost: 0, doubled: 0, gaps: 0, missed: 0 };
const ends: Record<string, number> = {};

function join(url: string, cameras: readonly string[] | 'all'): void {
  /** The daemon's subscriber that it is now. */
  class Opened extends WebSocket {
    constructor(address: string, protocols: string[]) {
      super(address, protocols, { perMessageDeflate: false });
      member.socket = this;
    }
  }
  const client = new WeirClient({
    url,
    cameras,
    every: 'frame',
    WebSocket: Opened as SocketConstructor,
    silenceMs: 60_000,
  });
  const member: Member = { client, socket: undefined, isStalled: false, newest: -1, isGapTold: false };
  members.push(member);
  client.on('label', (label) => take(member, label));
  client.on('gap', ({ missed }) => {
    counts.gaps++;
    counts.missed += missed;
    member.isGapTold = true;
  });
  client.on('state', (state) => {
    if (state.name === 'waiting') ends[state.reason] = (ends[state.reason] ?? 0) + 1;
  });
  client.connect();
}

function take(member: Member, label: LabelMessage): void {
  const n = numberOf(label);
  counts.labels++;
  if (!member.isStalled) delaysMs.push(SYSTEM_CLOCK.unixMs() - label.emittedAtMs);
  if (n <= member.newest) counts.doubled++;
  else if (member.newest >= 0 && n > member.newest + 1 && !member.isGapTold) counts.lost += n - member.newest - 1;
  member.newest = Math.max(member.newest, n);
  member.isGapTold = false;
}

function report(): CrowdReport {
  const numbers = members.map(({ newest }) => newest);
  const told: CrowdReport = {
    live: members.filter(({ client }) => client.state.name === 'live').length,
    delaysMs,
    ...counts,
    ends: { ...ends },
    newest: [Math.min(...numbers), Math.max(...numbers)],
  };
  delaysMs = [];
  return told;
}

process.on('message', (message: CrowdOrder) => {
  switch (message.order) {
    case 'join':
      for (let n = 0; n < message.count; n++) join(message.url, message.cameras);
      break;
    case 'stall':
      for (const member of members.slice(-message.count)) {
        member.isStalled = true;
        member.socket?.pause();
      }
      break;
    case 'resume':
      for (const member of members) if (member.isStalled) member.socket?.resume();
      break;
    case 'drop':
      for (const { socket } of members) socket?.terminate();
      break;
    case 'leave':
      for (const { client } of members) client.close();
      process.disconnect();
      return;
  }
  process.send?.(report());
});
