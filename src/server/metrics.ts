import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { RungRun } from '../pipeline/asking.ts';
import type { LossReason, PipelineObserver } from '../pipeline/observer.ts';
import type { AuditTold, ReuseState } from '../pipeline/reuse.ts';
import type { SceneEvent } from '../pipeline/told.ts';
import type { CameraState, ClockState, Label } from '../types.ts';
import { EventLoopDelay } from './event-loop-delay.ts';
import { Figures } from './figures.ts';
import { addReuseMetrics } from './reuse-metrics.ts';

/** Figures that are read when someone asks for them. */
export interface MetricSources {
  readonly subscribers: () => number;
  readonly subscriberDrops: () => number;
  readonly inferenceCrashes: () => number;
  readonly inferenceQueued: () => number;
}

const STATES: readonly CameraState[] = ['connecting', 'live', 'stalled', 'failed', 'ended', 'paused'];
/** Milliseconds, about √2 apart where frames live. */
const BUCKETS_MS = [0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512, 1024, 4096];

/** The daemon's counters and histograms, in Prometheus' form. Latencies of different clock states never share a series. */
export class Metrics implements PipelineObserver {
  /** Of each camera as a whole. */
  readonly figures = new Figures(Date.now);
  readonly #registry = new Registry();
  readonly #eventLoop = new EventLoopDelay();
  readonly #framesIn = this.#counter('weir_frames_in_total', 'Frames decoded and handed to the camera’s slot', [
    'camera',
  ]);
  readonly #framesLost = this.#counter('weir_frames_dropped_total', 'Frames that got no label, by reason', [
    'camera',
    'reason',
  ]);
  readonly #classified = this.#counter('weir_frames_classified_total', 'Frames that got a label', ['camera']);
  readonly #labels = this.#counter('weir_labels_total', 'Labels by question and by the reason why their climb ended', [
    'camera',
    'question',
    'stop',
  ]);
  readonly #events = this.#counter(
    'weir_events_total',
    'Objects that came into view (begin) or left it (end), and stable answers that began or ended',
    ['camera', 'question', 'phase'],
  );
  readonly #leftOut = this.#counter(
    'weir_regions_left_out_total',
    'Moving regions that were not looked at for want of time',
    ['camera'],
  );
  readonly #unanswered = this.#counter(
    'weir_questions_dropped_total',
    'Questions without an answer, for want of time, of frames that had answers to others',
    ['camera'],
  );
  readonly #audits = this.#counter(
    'weir_audits_total',
    'Answers (reused or fresh) that were held against the top rung’s, by outcome (agrees, disagrees)',
    ['camera', 'question', 'of', 'outcome'],
  );
  readonly #reuses = new Map<string, readonly ReuseState[]>();
  readonly #rungRuns = this.#counter('weir_rung_runs_total', 'Runs of each rung', ['rung']);
  readonly #restarts = this.#counter('weir_camera_restarts_total', 'Times that a camera was opened again', ['camera']);
  readonly #rungMs = this.#histogram('weir_rung_milliseconds', 'Time of a rung by stage: wait, prepare, run', [
    'rung',
    'stage',
    'clock',
  ]);
  readonly #frameMs = this.#histogram(
    'weir_frame_milliseconds',
    'Time of a frame by stage: decide, total (arrival to decision)',
    ['camera', 'stage', 'clock'],
  );
  readonly #cameraState = new Gauge({
    name: 'weir_camera_state',
    help: '1 for the state that a camera is in, 0 for the others',
    labelNames: ['camera', 'state'],
    registers: [this.#registry],
  });
  readonly #opened = new Set<string>();
  #forgetting = Promise.resolve();

  constructor(sources: MetricSources) {
    collectDefaultMetrics({ register: this.#registry, prefix: 'weir_' });
    addReuseMetrics(this.family, this.#reuses);
    this.#gauge('weir_subscribers', 'WebSocket clients', sources.subscribers);
    this.#gauge(
      'weir_subscriber_messages_dropped',
      'Messages that slow subscribers did not get',
      sources.subscriberDrops,
    );
    this.#gauge('weir_inference_restarts', 'Inference threads that died and were replaced', sources.inferenceCrashes);
    this.#gauge('weir_inference_queue_length', 'Rung runs that wait for a slot', sources.inferenceQueued);
    this.#gauge(
      'weir_event_loop_delay_p99_milliseconds',
      'Event-loop delay of the main thread in this and the last minute',
      () => this.eventLoopDelayP99Ms,
    );
  }

  async read(): Promise<{ contentType: string; text: string }> {
    await this.#forgetting;
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  stop(): void {
    this.#eventLoop.stop();
  }

  frameArrived(camera: string): void {
    this.#framesIn.inc({ camera });
    this.figures.frameArrived(camera);
  }

  frameLost(camera: string, reason: LossReason): void {
    this.#framesLost.inc({ camera, reason });
    this.figures.frameLost(camera, reason);
  }

  rungRan({ rung, waitMs, prepareMs, runMs }: RungRun, { state }: ClockState): void {
    this.#rungRuns.inc({ rung });
    this.#rungMs.observe({ rung, stage: 'wait', clock: state }, waitMs);
    this.#rungMs.observe({ rung, stage: 'prepare', clock: state }, prepareMs);
    this.#rungMs.observe({ rung, stage: 'run', clock: state }, runMs);
  }

  answered(labels: readonly Label[], decideMs: number, dropped = 0): void {
    const last = labels.at(-1);
    if (last === undefined) return;
    const { camera, clock } = last;
    this.#classified.inc({ camera });
    if (dropped > 0) this.#unanswered.inc({ camera }, dropped);
    for (const { question, stop } of labels) this.#labels.inc({ camera, question, stop });
    const spentMs = Math.max(...labels.map((label) => label.spentMs));
    this.#frameMs.observe({ camera, stage: 'decide', clock: clock.state }, decideMs);
    this.#frameMs.observe({ camera, stage: 'total', clock: clock.state }, spentMs);
    this.figures.answered(labels, spentMs, dropped);
  }

  audited(camera: string, audits: readonly AuditTold[]): void {
    for (const { question, of, agrees } of audits)
      this.#audits.inc({ camera, question, of, outcome: agrees ? 'agrees' : 'disagrees' });
  }

  reused(camera: string, states: readonly ReuseState[]): void {
    this.#reuses.set(camera, states);
  }

  regionsLeftOut(camera: string, count: number): void {
    this.#leftOut.inc({ camera }, count);
    this.figures.leftOut(camera, count);
  }

  happened({ camera, question, phase }: SceneEvent): void {
    this.#events.inc({ camera, question, phase });
  }

  cameraState(camera: string, state: CameraState): void {
    if (state === 'removed') {
      this.#forgetting = this.#forgetting.then(() => this.#forget(camera));
      this.#opened.delete(camera);
      this.figures.forget(camera);
      this.#reuses.delete(camera);
      return;
    }
    for (const other of STATES) this.#cameraState.set({ camera, state: other }, other === state ? 1 : 0);
    if (state !== 'connecting') return;
    if (this.#opened.has(camera)) this.#restarts.inc({ camera });
    this.#opened.add(camera);
  }

  /** Series of cameras that come and go by reloads must not add up. */
  async #forget(camera: string): Promise<void> {
    const counters = [
      this.#framesIn,
      this.#framesLost,
      this.#classified,
      this.#labels,
      this.#restarts,
      this.#events,
      this.#leftOut,
      this.#unanswered,
      this.#audits,
    ];
    for (const metric of [...counters, this.#frameMs, this.#cameraState]) {
      for (const { labels } of (await metric.get()).values) {
        const { le: _, ...own } = labels as Record<string, string | number>;
        if (own.camera === camera) metric.remove(own);
      }
    }
  }

  /** Figures that are read when someone asks: the series of a name, each with its labels. None: nothing is known. */
  readonly family = (
    name: string,
    help: string,
    labelNames: string[],
    read: () => (readonly [Record<string, string>, number])[],
    kind: 'gauge' | 'counter' = 'gauge',
  ): void => {
    const settings = { name, help, labelNames, registers: [this.#registry] };
    if (kind === 'gauge') {
      const gauge = new Gauge({
        ...settings,
        collect: () => {
          if (labelNames.length === 0) gauge.remove();
          else gauge.reset();
          for (const [labels, value] of read()) gauge.set(labels, value);
        },
      });
    } else {
      const counter = new Counter({
        ...settings,
        collect: () => {
          if (labelNames.length === 0) counter.remove();
          else counter.reset();
          for (const [labels, value] of read()) counter.inc(labels, value);
        },
      });
    }
  };

  /** Event-loop delay of the main thread in this and the last minute. */
  get eventLoopDelayP99Ms(): number {
    return this.#eventLoop.p99Ms;
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #histogram(name: string, help: string, labelNames: string[]): Histogram {
    return new Histogram({ name, help, labelNames, buckets: BUCKETS_MS, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, read: () => number): void {
    this.family(name, help, [], () => [[{}, read()]]);
  }
}
