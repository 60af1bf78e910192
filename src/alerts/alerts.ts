import { messageOf } from '../errors.ts';
import type { SequencedMessage } from '../protocol/messages.ts';
import type { Sink } from '../sinks/sink.ts';
import type { CameraStatus, Clock } from '../types.ts';
import type { Alert, Finding } from './alert.ts';
import type { AlertLog, Courier } from './courier.ts';
import type { DevicePlan } from './device-plan.ts';
import type { AlertJournal } from './journal.ts';
import { LabelWatch } from './label-watch.ts';
import type { Rule, RuleParts } from './rule.ts';
import { StateWatch } from './state-watch.ts';
import type { Outcome, Target } from './target.ts';

/** A rule with the targets that its alerts go to. */
export interface AlertRule extends Rule {
  readonly to: readonly string[];
  /** The same text for as long as the rule stays what it is: what it has seen is kept then. */
  readonly fingerprint: string;
}

/** A target with what brings alerts there. */
export interface Outlet {
  readonly target: Target;
  readonly courier: Courier;
}

export interface AlertsParts {
  readonly clock: Clock;
  readonly ruleParts: (timeZone: string) => Omit<RuleParts, 'onHolding' | 'lastMs'>;
  /** The newest picture of a camera as JPEG; `null`: none. */
  readonly snapshot: (camera: string) => Promise<Uint8Array | null>;
  /** `null` until it is known which cameras there are. */
  readonly cameras: () => DevicePlan['cameras'] | null;
  readonly newId: () => string;
  readonly journal: AlertJournal;
  readonly log: AlertLog;
}

export interface AlertsPlan {
  /** IANA name. */
  readonly timeZone: string;
  readonly rules: readonly AlertRule[];
  readonly outlets: ReadonlyMap<string, Outlet>;
}

interface Watched {
  readonly rule: AlertRule;
  readonly timeZone: string;
  readonly watch: LabelWatch | StateWatch;
}

const TICK_MS = 1_000;
const SNAPSHOT_MS = 2_000;
/** States without frames: what was said before proves nothing of now. */
const WITHOUT_FRAMES = new Set(['failed', 'ended', 'paused', 'removed']);

/** Follows all rules through what the daemon says, and hands what comes true to their targets. */
export class Alerts implements Sink {
  readonly #parts: AlertsParts;
  #watched: readonly Watched[] = [];
  #outlets: ReadonlyMap<string, Outlet> = new Map();
  #exchanging = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: AlertsParts) {
    this.#parts = parts;
  }

  /** Brings rules and targets into force; rules that stay what they are go on. @param statuses of all cameras now */
  apply(
    { timeZone, rules, outlets }: AlertsPlan,
    statuses: readonly (CameraStatus & { epoch: string; seq: number })[],
  ): void {
    const before = this.#watched;
    const known = this.#outlets;
    this.#outlets = outlets;
    this.#watched = rules.map((rule) => {
      const same = before.find((old) => old.rule.fingerprint === rule.fingerprint && old.timeZone === timeZone);
      if (same !== undefined) return { ...same, rule };
      const { head } = rule.when;
      const parts: RuleParts = {
        ...this.#parts.ruleParts(timeZone),
        lastMs: this.#parts.journal.lastOf(rule.id, rule.fingerprint),
        onHolding: (id, camera, holds) => {
          for (const { target } of this.#outlets.values()) target.holding?.(id, camera, holds);
        },
      };
      const watch = head.kind === 'state' ? new StateWatch(rule, head, parts) : new LabelWatch(rule, head, parts);
      return { rule, timeZone, watch };
    });
    this.#setup();
    for (const [id, { target }] of outlets) {
      if (known.get(id)?.target === target) continue;
      const atMs = this.#parts.clock.unixMs();
      for (const status of statuses) target.observe?.({ type: 'camera', ...status, atMs });
    }
    for (const { rule, watch } of this.#watched) {
      const isNew = !before.some((old) => old.watch === watch);
      if (isNew) for (const { epoch, seq, ...status } of statuses) this.#status(rule, watch, status, { epoch, seq });
    }
    if (this.#timer === null && this.#outlets.size > 0) {
      this.#timer = setInterval(() => this.tick(), TICK_MS);
      this.#timer.unref();
    }
  }

  /** Makes a plan and brings it into force, one after the other; what is raised meanwhile goes where it went before. */
  async exchange(
    make: (outlets: ReadonlyMap<string, Outlet>) => Promise<AlertsPlan>,
    statuses: () => readonly (CameraStatus & { epoch: string; seq: number })[],
  ): Promise<void> {
    const done = this.#exchanging.then(async () => this.apply(await make(this.#outlets), statuses()));
    this.#exchanging = done.catch(() => {}); // told below
    await done;
  }

  get rules(): readonly AlertRule[] {
    return this.#watched.map(({ rule }) => rule);
  }

  get outlets(): ReadonlyMap<string, Outlet> {
    return this.#outlets;
  }

  publish(message: SequencedMessage): void {
    const nowMs = this.#parts.clock.monotonicMs();
    for (const { target } of this.#outlets.values()) target.observe?.(message);
    for (const { rule, watch } of this.#watched) {
      if (message.type === 'camera') this.#status(rule, watch, message, message);
      else if (watch instanceof LabelWatch) {
        this.#take(rule, message.type === 'label' ? watch.label(message, nowMs) : watch.event(message, nowMs));
      }
    }
  }

  /** What comes true, or is over, by time alone. */
  tick(): void {
    const { clock } = this.#parts;
    this.#setup();
    for (const { rule, watch } of this.#watched) {
      if (watch instanceof LabelWatch) watch.tick(clock.monotonicMs());
      else for (const finding of watch.tick(clock.monotonicMs(), clock.unixMs())) this.#take(rule, finding);
    }
  }

  /** Tries targets at once, past what waits for them. @returns by target what came of it */
  async try(alert: Alert, to: readonly string[]): Promise<Map<string, Outcome>> {
    const delivery = { alert, snapshot: await this.#snapshot(alert.camera) };
    const never = new AbortController().signal;
    const outcomes = await Promise.all(
      to.map(async (id) => [id, await this.#outlets.get(id)?.target.deliver(delivery, never)] as const),
    );
    return new Map(outcomes.flatMap(([id, outcome]) => (outcome === undefined ? [] : [[id, outcome]])));
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#watched = [];
    await this.#exchanging;
    await Promise.all([...this.#outlets.values()].map(({ courier }) => courier.close()));
    await this.#parts.journal.close();
  }

  #setup(): void {
    const cameras = this.#parts.cameras();
    if (cameras === null) return;
    const rules = this.#watched.map(({ rule: { id, when, fingerprint } }) => ({
      id,
      fingerprint,
      kind: when.head.kind,
      cameras: when.places === null ? null : [...new Set(when.places.map(({ camera }) => camera))],
    }));
    for (const { target } of this.#outlets.values()) target.setup?.({ cameras, rules });
  }

  #status(rule: AlertRule, watch: Watched['watch'], status: CameraStatus, at: { epoch: string; seq: number }): void {
    const { camera, state } = status;
    if (watch instanceof LabelWatch) {
      if (WITHOUT_FRAMES.has(state)) watch.forget(camera, state === 'removed');
      return;
    }
    const { clock } = this.#parts;
    const origin = { camera, epoch: at.epoch, seq: at.seq };
    this.#take(rule, watch.status(status, origin, clock.monotonicMs(), clock.unixMs()));
  }

  #take(rule: AlertRule, finding: Finding | null): void {
    if (finding === null) return;
    const alert: Alert = { schema: 'weir.alert/1', id: this.#parts.newId(), isTest: false, ...finding };
    this.#parts.journal.raise(alert, rule.fingerprint);
    const picture = this.#snapshot(alert.camera);
    for (const id of rule.to) {
      this.#outlets
        .get(id)
        ?.courier.add({ alert, snapshot: null }, picture)
        .catch((error: unknown) => {
          this.#parts.log.warn({ alert }, `alert of rule ${rule.id} is lost to ${id}: ${messageOf(error)}`);
        });
    }
  }

  async #snapshot(camera: string): Promise<Uint8Array | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), SNAPSHOT_MS);
    });
    return await Promise.race([this.#parts.snapshot(camera).catch(() => null), late]).finally(() =>
      clearTimeout(timer),
    );
  }
}
