import type { Expectation } from '../service/known.ts';
import type { CameraState, CameraStatus, Frame, Label } from '../types.ts';
import { CameraGears } from './camera-gears.ts';
import type { CameraPipelineParts, FrameSource } from './camera-parts.ts';
import { Degradation } from './degradation.ts';
import { Labeller } from './labels.ts';
import { NewestSlot } from './newest.ts';
import type { LossReason } from './observer.ts';
import { listing } from './question.ts';
import { Shedding } from './shedding.ts';
import { isSameStatus, type QuestionListing } from './told.ts';
import { ToldAgreement } from './told-agreement.ts';
import type { Looked, View } from './view.ts';

/** A frame that is not answered by then hangs in a slot; the longest queue is far shorter. */
const LABEL_LIMIT_MS = 30_000;

/** One camera's loop: the newest frame is taken, classified and told, then the next. */
export class CameraPipeline {
  readonly #parts: CameraPipelineParts;
  readonly #slot = new NewestSlot<Frame>();
  #view: View;
  readonly #labeller: Labeller;
  readonly #degradation = new Degradation();
  readonly #source: FrameSource;
  readonly #gears: CameraGears;
  readonly #shedding: Shedding;
  readonly #agreement = new ToldAgreement();
  #status: CameraStatus;
  /** Why the source is in its state. */
  #reason = 'starting';
  #isKnown = false;
  /** Since when the frame in hand is being classified; `null` while there is none. */
  #inHandSinceMs: number | null = null;
  #running: Promise<void> | undefined;
  /** Takes the place of the view when the frame in hand is told. */
  #next: View | null = null;
  /** The stream is over: what is in view has left, once the frame in hand is told. */
  #isBroken = false;

  constructor(parts: CameraPipelineParts) {
    this.#parts = parts;
    this.#view = parts.view;
    this.#labeller = new Labeller(parts);
    this.#gears = new CameraGears(parts.gears ?? null, parts.budgetMs, parts.view);
    this.#shedding = new Shedding(parts.budgetMs, parts.view);
    const { camera } = parts;
    this.#status = { camera, state: 'connecting', reason: this.#reason, degraded: [], ...this.#gears.told };
    this.#source = parts.source({
      onFrame: (frame) => this.#onFrame(frame),
      onSkipped: () => parts.observer.frameLost(parts.camera, 'skipped'),
      onState: (state, reason) => this.#onState(state, reason),
    });
    parts.observer.cameraState(parts.camera, this.#status.state);
  }

  get status(): CameraStatus {
    return this.#status;
  }

  /** What its frames are asked. */
  get questions(): QuestionListing[] {
    return this.#view.questions.map(listing);
  }

  /** Looks at the frames from the next one on in another way. */
  lookBy(view: View): void {
    this.#next = view;
    if (this.#inHandSinceMs === null) this.#settleView();
  }

  /** Whether the camera has been in another state than its first `connecting`. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** What it waits for, from the source and from the frame in hand; none when nothing more is to come. */
  get expectations(): Expectation[] {
    const { expectation } = this.#source;
    const sinceMs = this.#inHandSinceMs;
    return [
      ...(expectation === null ? [] : [expectation]),
      ...(sinceMs === null ? [] : [{ what: 'the label of its frame', sinceMs, limitMs: LABEL_LIMIT_MS }]),
    ];
  }

  /** Streams so far: a pipeline that takes this one's place counts on from there. */
  get streams(): number {
    return this.#source.streams;
  }

  /** Resolves when the source is over and the last frame is told. */
  start(): Promise<void> {
    this.#running ??= Promise.all([this.#source.start().finally(() => this.#slot.close()), this.#loop()]).then(() =>
      this.#gears.rest(),
    );
    return this.#running;
  }

  /** Resolves when the source's process is gone and the frame in hand is told. Idempotent. */
  async stop(): Promise<void> {
    this.#slot.close();
    await this.#source.stop();
    await this.#running;
  }

  #onFrame(frame: Frame): Promise<void> | undefined {
    const { camera, observer, pace } = this.#parts;
    observer.frameArrived(camera);
    // As fast as it is classified: the decoder waits until the frame is answered. So none is displaced, and none spends its
    // budget on waiting for the one before.
    if (pace === 'fast') return this.#untilReleased(frame);
    if (this.#shedding.next()) this.#leaveOut(frame, 'budget');
    else this.#offer(frame);
    return undefined;
  }

  #untilReleased(frame: Frame): Promise<void> {
    return new Promise((resolve) => {
      const release = () => {
        frame.release();
        resolve();
      };
      this.#offer({ ...frame, release });
    });
  }

  #offer(frame: Frame): void {
    const displaced = this.#slot.offer(frame);
    this.#shedding.offered(displaced !== null);
    if (displaced !== null) this.#leaveOut(displaced, 'displaced');
  }

  /** A frame is not looked at. */
  #leaveOut(frame: Frame, reason: 'displaced' | 'budget'): void {
    const { camera, clock, observer } = this.#parts;
    const nowMs = clock.monotonicMs();
    this.#gears.lost(nowMs);
    if (reason === 'budget' || this.#shedding.isCrowded) this.#degradation.report('too-slow', nowMs);
    observer.frameLost(camera, reason);
    frame.release();
    this.#tell({});
  }

  async #loop(): Promise<void> {
    for (;;) {
      const frame = await this.#slot.take();
      if (frame === null) return this.#tellEnd();
      this.#inHandSinceMs = this.#parts.clock.monotonicMs();
      const looked = await this.#view.look(frame, this.#gears.gear);
      this.#inHandSinceMs = null;
      this.#tellLooked(frame, looked);
      // It may make a copy of the pixels at another size: nobody's answer waits for that.
      this.#parts.onLooked?.(frame, looked);
      frame.release();
      this.#settleView();
    }
  }

  #onState(state: CameraState, reason: string): void {
    this.#reason = reason;
    this.#isBroken = state !== 'live';
    if (this.#isBroken) this.#gears.rest();
    this.#tell({ state });
    if (this.#inHandSinceMs === null) this.#settleView();
  }

  /** Between two frames: takes another view, and lets what was in view leave where the stream is over. */
  #settleView(): void {
    if (this.#isBroken || this.#next !== null) {
      this.#tellEvents(this.#view.end());
      this.#labeller.forgetObjects();
    }
    if (this.#next === null) return;
    this.#next.tracks = this.#view.tracks;
    this.#view = this.#next;
    this.#labeller.ask(this.#view.questions);
    this.#tellEvents(this.#labeller.takeEvents());
    this.#next = null;
    this.#gears.follow(this.#view);
    this.#shedding.follow(this.#view);
  }

  #tellEnd(): void {
    this.#tellEvents(this.#view.end());
    this.#labeller.end();
    this.#tellEvents(this.#labeller.takeEvents());
  }

  #tellEvents(events: Looked['events']): void {
    const { camera, observer, onEvent } = this.#parts;
    for (const event of events) {
      const told = { camera, ...event };
      observer.happened(told);
      onEvent(told);
    }
  }

  #tellLooked(frame: Frame, looked: Looked): void {
    const { statements, ran, decideMs, events, gone, leftOut, troubles, audits = [], reuses = [] } = looked;
    const { camera, clock, clockSince, observer, onFailure, onLabel } = this.#parts;
    const nowMs = clock.monotonicMs();
    this.#degradation.refresh(nowMs);
    for (const name of troubles) this.#degradation.report(name, nowMs);
    const labels: Label[] = [];
    let loss: LossReason = 'budget';
    for (const { question, view, result } of statements) {
      if (result.kind === 'answered') labels.push(this.#labeller.label(frame, question, view, result));
      if (result.kind === 'dropped') this.#degradation.report('too-slow', nowMs);
      if (result.kind === 'failed') {
        loss = 'failed';
        onFailure(result.reason);
        this.#degradation.report('inference', nowMs);
      }
    }
    this.#gears.looked(looked, nowMs);
    this.#shedding.looked(labels.length > 0);
    const state = labels[0]?.clock ?? clockSince(frame.arrivedMs);
    for (const run of ran) observer.rungRan(run, state);
    if (leftOut > 0) {
      this.#degradation.report('too-slow', nowMs);
      observer.regionsLeftOut(camera, leftOut);
    }
    if (audits.length > 0) observer.audited(camera, audits);
    if (reuses.length > 0) observer.reused(camera, reuses);
    this.#agreement.take(reuses);
    if (labels.length === 0) observer.frameLost(camera, loss);
    else observer.answered(labels, decideMs, statements.filter(({ result }) => result.kind === 'dropped').length);
    for (const label of labels) onLabel(label);
    this.#tellEvents(events);
    this.#tellEvents(this.#labeller.takeEvents());
    for (const track of gone) this.#labeller.forget(track);
    this.#tell({});
  }

  #tell({ state = this.#status.state }: { state?: CameraState }): void {
    const before = this.#status;
    // What is not live is not slow either.
    if (state !== 'live') this.#degradation.clear();
    const reason = (state === 'live' ? this.#gears.lack : null) ?? this.#reason;
    const degraded = this.#degradation.names;
    const { camera } = before;
    const now: CameraStatus = { camera, state, reason, degraded, ...this.#gears.told, ...this.#agreement.told };
    if (isSameStatus(now, before)) return;
    this.#status = now;
    this.#isKnown ||= now.state !== 'connecting';
    if (now.state !== before.state) this.#parts.observer.cameraState(now.camera, now.state);
    this.#parts.onStatus(now);
  }
}
