import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { randomFor } from '../src/cascade/random.ts';
import { entryOf } from '../src/history/entry.ts';
import { startHistory } from '../src/history/history.ts';
import { openStore } from '../src/history/open-store.ts';
import type { SequencedMessage } from '../src/protocol/messages.ts';
import { SYSTEM_CLOCK } from '../src/service/clock.ts';
import type { BenchFigures, BenchRow } from './report.ts';
import { LABELS_PER_SECOND, labelOf } from './subscribers-label.ts';

const MESSAGES = 60_000;
/** What 250 ms bring at four cameras and five frames a second, and what a busy machine does. */
const BATCHES = [LABELS_PER_SECOND / 4, 100];
const LIMITS = { retentionDays: 7, maxMegabytes: 1_024 };

/** What a kept label costs: bytes on the disk, CPU of the thread that writes, and time of the main thread. */
export async function history(): Promise<BenchFigures> {
  const rows: BenchRow[] = [];
  const add = (figure: string, value: number, unit: string, batch: number) =>
    rows.push({ case: `batches of ${batch}`, variant: 'weir', figure, value, unit, n: MESSAGES });
  const messages = labels();
  for (const batch of BATCHES) {
    const folder = await mkdtemp(join(tmpdir(), 'weir-bench-'));
    try {
      const written = await write(folder, messages, batch);
      add('jsonBytes', messages.reduce((sum, { text }) => sum + text.length, 0) / MESSAGES, 'bytes/label', batch);
      add('diskBytes', written.bytes / MESSAGES, 'bytes/label', batch);
      add('writerCpu', (1_000 * written.cpuMs) / MESSAGES, 'µs/label', batch);
      add('mainThread', (1_000 * (await publish(folder, messages, batch))) / MESSAGES, 'µs/label', batch);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return { schema: 'weir.bench/1', name: 'history', ladder: 'none', rows };
}

interface Sent {
  readonly message: SequencedMessage;
  readonly text: string;
}

/** Labels with figures that differ, as of frames that differ: equal ones would deflate to nothing. */
function labels(): readonly Sent[] {
  const random = randomFor('bench-history', 1);
  const nowMs = SYSTEM_CLOCK.unixMs();
  const share = () => Number(random().toPrecision(6));
  return Array.from({ length: MESSAGES }, (_, index) => {
    const atMs = nowMs + (1_000 * index) / LABELS_PER_SECOND;
    const label = labelOf(index, atMs);
    const message = {
      ...({ type: 'label', epoch: '6f1c0a51-0b9e-4f0e-9d1d-3a5b7c9e1f20', seq: index + 1 } as const),
      ...label,
      confidence: share(),
      top: label.top.map((one) => ({ ...one, confidence: share() })),
      path: label.path.map((one) => ({ ...one, waitMs: share(), runMs: 30 * share(), confidence: share() })),
      spentMs: 40 * share(),
      emittedAtMs: atMs,
    };
    return { message, text: JSON.stringify(message) };
  });
}

/** What the writing thread does, done in this one. */
async function write(folder: string, messages: readonly Sent[], batch: number) {
  const { store } = openStore({ folder: join(folder, 'alone'), limits: LIMITS, adopt: null }, SYSTEM_CLOCK.unixMs());
  const before = process.cpuUsage();
  for (let index = 0; index < messages.length; index += batch) {
    store.take(
      messages.slice(index, index + batch).map(({ message, text }) => entryOf(message, text)),
      [],
    );
    store.flush();
  }
  const { user, system } = process.cpuUsage(before);
  store.close();
  return { bytes: (await stat(store.path)).size, cpuMs: (user + system) / 1_000 };
}

/** What it adds to the main thread, the copies for the other thread included. @returns milliseconds */
async function publish(folder: string, messages: readonly Sent[], batch: number): Promise<number> {
  const onNotice = (text: string) => process.stderr.write(`${text}\n`);
  const kept = await startHistory({ stateDir: folder, limits: LIMITS, onNotice });
  let spentMs = 0;
  for (let index = 0; index < messages.length; index += batch) {
    const beganMs = SYSTEM_CLOCK.monotonicMs();
    for (const { message, text } of messages.slice(index, index + batch)) kept.publish(message, text);
    kept.handOver();
    spentMs += SYSTEM_CLOCK.monotonicMs() - beganMs;
    do await setImmediate();
    while (kept.status.waitingBytes > 0 && (await sleep(1, true)));
  }
  await kept.close();
  return spentMs;
}
