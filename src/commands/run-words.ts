import { toBudgetMs } from '../config/camera.ts';
import type { Ffmpeg } from '../decode/ffmpeg.ts';
import type { RungTiming } from '../infer/warmup.ts';
import type { Logger } from '../service/log.ts';
import { LABELS_PATH } from '../sinks/websocket.ts';
import { DEFAULT_QUESTION } from '../words.ts';
import type { Engine } from './engine.ts';
import { askedParts, type SettledCamera, wishOf } from './settled.ts';
import { print } from './shell.ts';

/** Says where labels are to be had. @param reachable what to open from other machines, where that is another address */
export function announce(address: string, reachable: readonly string[], onStdout: boolean, log: Logger): void {
  const elsewhere = reachable.length === 0 ? '' : ` (from other machines ${reachable.join(' or ')})`;
  const labels = `${address.replace(/^http/, 'ws')}${LABELS_PATH}`;
  if (onStdout) print(`Weir serves ${address}${elsewhere}  (labels: ${labels}, metrics: ${address}/metrics)`);
  else log.info({ address, labels, ...(elsewhere === '' ? {} : { reachable }) }, `serving ${address}${elsewhere}`);
}

/** Says what was loaded, and how fast it is. */
export function tellEngine(
  { ladder, pool, timings, bytesPerSlot, notices }: Engine,
  ffmpeg: Ffmpeg,
  log: Logger,
): void {
  for (const notice of notices) log.warn({}, notice);
  log.info(
    { slots: pool.slots, bytesPerSlot, timings, ffmpeg: ffmpeg.version },
    `ladder ${ladder.name}, ${pool.slots} inference slots of about ${megabytes(bytesPerSlot)} MB, ffmpeg ${ffmpeg.version}; median/p95 ms: ${times(timings)}`,
  );
}

/** Says which rungs were loaded later, and what a slot takes with them. */
export function tellLoaded(timings: readonly RungTiming[], bytesPerSlot: number, log: Pick<Logger, 'info'>): void {
  log.info(
    { bytesPerSlot, timings },
    `rungs were loaded until the next start, a slot takes about ${megabytes(bytesPerSlot)} MB with them; median/p95 ms: ${times(timings)}`,
  );
}

function times(timings: readonly RungTiming[]): string {
  return timings.map(({ rung, p50Ms, p95Ms }) => `${rung} ${p50Ms.toFixed(1)}/${p95Ms.toFixed(1)}`).join(', ');
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

/** Says what cameras are asked other than the ladder's labels, and which heads cannot be used. */
export function tellQuestions(engine: Engine, cameras: readonly SettledCamera[], log: Logger): void {
  for (const camera of cameras.flatMap(askedParts)) {
    const { id, taught, headsProblem } = camera;
    if (headsProblem !== null) {
      log.warn(
        { camera: id },
        `camera ${id} is asked for the ladder's labels, as its heads cannot be used: ${headsProblem}`,
      );
    }
    if (taught === null) continue;
    if (taught.heads.camera !== id) {
      log.warn({ camera: id }, `camera ${id}: ${taught.path} was taught for the camera ${taught.heads.camera}`);
    }
    const asked = engine.questions(wishOf(camera)).taught.map(({ id: question, classes, policy }) => {
      const names = classes.map(({ name }) => name).join(', ');
      return `${question} (${names}) by ${policy.rungs.map((rung) => rung.id).join(' > ')}`;
    });
    log.info({ camera: id, heads: taught.path }, `camera ${id} was taught ${asked.join('; ')}`);
  }
}

/** Says which rungs can never run within a camera's budget, or that none can. */
export function tellBudgets(engine: Engine, cameras: readonly SettledCamera[], log: Logger): void {
  for (const camera of cameras.flatMap(askedParts)) {
    const { id } = camera;
    const limitMs = toBudgetMs(camera.budgetMs);
    if (limitMs === null) continue;
    const { generic, taught } = engine.questions(wishOf(camera));
    for (const { id: question, policy, p95Ms } of [...taught, ...(generic === null ? [] : [generic])]) {
      const tooSlow = policy.rungs.filter((_, index) => (p95Ms()[index] ?? 0) > limitMs).map((rung) => rung.id);
      if (tooSlow.length === 0) continue;
      const what =
        tooSlow.length === policy.rungs.length ? 'no rung fits' : `${tooSlow.join(', ')} will not run: beyond`;
      const whose = question === DEFAULT_QUESTION ? id : `${id}, question ${question}`;
      log.warn(
        { camera: id, question, tooSlow },
        `camera ${whose}: ${what} its budget of ${limitMs} ms; raise budgetMs, or use a faster machine`,
      );
    }
  }
}
