import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { testAlert } from '../alerts/alert.ts';
import { type AlertRule, Alerts, type AlertsPlan, type Outlet } from '../alerts/alerts.ts';
import { ruleDoubts } from '../alerts/doubts.ts';
import { AlertJournal } from '../alerts/journal.ts';
import { loadMqtt, requireMqtt } from '../alerts/mqtt.ts';
import { parseWhen } from '../alerts/parse-when.ts';
import { wallClock } from '../alerts/time-of-day.ts';
import { suggestion } from '../artifact/problems.ts';
import { canonicalJson } from '../artifact/write.ts';
import { type AlertsConfig, MQTT, targetsOf } from '../config/alerts.ts';
import type { CameraConfig } from '../config/schema.ts';
import { WeirError } from '../errors.ts';
import type { ListedCamera } from '../pipeline/told.ts';
import { type AlertsService, alertsMetrics, type TestOutcome } from '../server/alerts-api.ts';
import type { Metrics } from '../server/metrics.ts';
import { SYSTEM_CLOCK } from '../service/clock.ts';
import type { Logger } from '../service/log.ts';
import type { Hub } from '../sinks/hub.ts';
import { AlertOutlets } from './alert-outlets.ts';

export interface AlertsPlace {
  readonly hub: Hub;
  readonly stateDir: string;
  /** Alerts that are older are not told any more. */
  readonly keepDays: number;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'family'>;
  /** Names of the ladder's labels: what questions answer that list no classes. */
  readonly labels: readonly string[];
  /** Names of groups of them that cameras may be asked for. */
  readonly groups: readonly string[];
  /** `null` until it is known which cameras there are. */
  readonly cameras: () => readonly ListedCamera[] | null;
  readonly configOf: (camera: string) => Pick<CameraConfig, 'fps' | 'stallAfterMs'> | null;
  /** The newest picture of a camera as JPEG; `null`: none. */
  readonly snapshot: (camera: string) => Promise<Uint8Array | null>;
}

/** Of cameras that are not known. */
const USUAL_GAP_SECONDS = 10;

/** Alerts of a running daemon: rules and targets as they are configured, which may change meanwhile. */
export class RunningAlerts {
  readonly #place: AlertsPlace;
  readonly #alerts: Alerts;
  readonly #journal: AlertJournal;
  #config: AlertsConfig;
  /** Those of the configuration, read once. */
  #rules: readonly AskedRule[];
  readonly #outlets: AlertOutlets;

  private constructor(config: AlertsConfig, place: AlertsPlace, journal: AlertJournal) {
    this.#config = config;
    this.#rules = config.rules.map(askedRule);
    this.#place = place;
    this.#journal = journal;
    this.#outlets = new AlertOutlets(place.stateDir, place.log, journal);
    const { cameras, configOf, snapshot, log } = place;
    this.#alerts = new Alerts({
      clock: SYSTEM_CLOCK,
      ruleParts: (timeZone) => ({
        wall: wallClock(timeZone),
        gapSeconds: (camera) => gapSeconds(configOf(camera)),
        answers: (camera, question) => {
          const asked = cameras()?.find((listed) => listed.camera === camera)?.questions;
          const found = asked?.find(({ id }) => id === question);
          return found === undefined ? null : (found.classes ?? place.labels);
        },
      }),
      snapshot,
      cameras: () =>
        cameras()?.map(({ camera, questions }) => ({ id: camera, questions: questions.map(named) })) ?? null,
      newId: randomUUID,
      journal,
      log,
    });
  }

  /** Opens the targets with what waits for them, and follows the hub from now on. @throws WeirError `mqtt-missing` */
  static async start(config: AlertsConfig, place: AlertsPlace): Promise<RunningAlerts> {
    await RunningAlerts.check(config);
    const { stateDir, keepDays, log } = place;
    const journal = await AlertJournal.open({
      path: join(stateDir, 'alerts', 'journal.jsonl'),
      keepDays,
      clock: SYSTEM_CLOCK,
      onTrouble: (text) => log.warn({}, text),
    });
    const running = new RunningAlerts(config, place, journal);
    await running.apply(config);
    place.hub.add(running.#alerts);
    alertsMetrics(place.metrics, running.service);
    return running;
  }

  /** @throws WeirError `mqtt-missing` where what is configured cannot be brought into force */
  static async check({ mqtt }: Pick<AlertsConfig, 'mqtt'>): Promise<void> {
    if (mqtt !== undefined) await requireMqtt(MQTT, loadMqtt);
  }

  /** Rules and targets that stay what they are go on as if nothing had been. */
  async apply(config: AlertsConfig): Promise<void> {
    const { hub, cameras } = this.#place;
    const failures: unknown[] = [];
    await this.#alerts.exchange(
      async (before) => {
        const { outlets, failure } = await this.#outlets.exchange(before, this.#config, config);
        if (failure === null) {
          this.#config = config;
          this.#rules = config.rules.map(askedRule);
        } else failures.push(failure);
        return planOf(this.#config, this.#rules, outlets);
      },
      () => cameras()?.map(({ questions: _, ...status }) => ({ ...status, epoch: hub.epoch, seq: hub.last })) ?? [],
    );
    if (failures.length > 0) throw failures[0];
    this.tellDoubts();
  }

  /** Says which rules can never be true as things are: they are kept, as a camera may come or be taught. */
  tellDoubts(): void {
    const { cameras: listed, labels, groups, log } = this.#place;
    const cameras = listed();
    if (cameras === null) return;
    for (const { message } of ruleDoubts(this.#alerts.rules, { cameras, labels, groups })) log.warn({}, message);
  }

  /** What is told over HTTP and counted. */
  get service(): AlertsService {
    return {
      rules: () =>
        this.#rules.map(({ id, text, when, to }) => {
          const cameras = when.places?.map(({ camera }) => camera) ?? null;
          return { id, when: text, to: to ?? targetsOf(this.#config), cameras, ...this.#journal.countOf(id) };
        }),
      targets: () =>
        [...this.#alerts.outlets].map(([id, { courier }]) => {
          const { waiting, delivered, failed, dropped } = courier;
          return { id, waiting, delivered, failed, dropped };
        }),
      recent: () => this.#journal.recent,
      test: (to) => this.#test(to),
      timeZone: () => this.#config.timeZone ?? null,
    };
  }

  async #test(to: readonly string[] | null): Promise<TestOutcome[]> {
    const known = [...this.#alerts.outlets.keys()];
    const unknown = to?.find((id) => !known.includes(id));
    if (unknown !== undefined) {
      const message = `there is no target "${unknown}"${suggestion(unknown, known)}`;
      throw new WeirError('target-unknown', message, { remedy: 'see alerts in the configuration' });
    }
    const { cameras, hub } = this.#place;
    const alert = testAlert(cameras()?.[0]?.camera ?? 'none', hub, SYSTEM_CLOCK.unixMs());
    const outcomes = await this.#alerts.try(alert, to ?? known);
    return [...outcomes].map(([target, outcome]) => ({
      target,
      outcome: outcome.kind,
      reason: outcome.kind === 'delivered' ? '' : outcome.reason,
    }));
  }
}

/** A rule as it was configured, and what it means. */
interface AskedRule extends Omit<AlertRule, 'to'> {
  readonly text: string;
  /** `null`: all targets, whichever there are. */
  readonly to: readonly string[] | null;
}

function askedRule({ id, when: text, to, repeatMinutes }: AlertsConfig['rules'][number]): AskedRule {
  const repeatAfterSeconds = repeatMinutes === undefined ? null : repeatMinutes * 60;
  const fingerprint = canonicalJson({ id, when: text, repeatAfterSeconds });
  return { id, text, when: parseWhen(text), repeatAfterSeconds, to: to ?? null, fingerprint };
}

function planOf(config: AlertsConfig, rules: readonly AskedRule[], outlets: ReadonlyMap<string, Outlet>): AlertsPlan {
  const timeZone = config.timeZone ?? 'UTC'; // of rules without hours
  const targets = targetsOf(config);
  return { timeZone, rules: rules.map(({ text: _, to, ...rule }) => ({ ...rule, to: to ?? targets })), outlets };
}

function gapSeconds(camera: Pick<CameraConfig, 'fps' | 'stallAfterMs'> | null): number {
  if (camera === null) return USUAL_GAP_SECONDS;
  return camera.stallAfterMs / 1000 + (camera.fps === 'all' ? 0 : 1 / camera.fps);
}

function named({ id, text }: ListedCamera['questions'][number]): { id: string; text?: string } {
  return text === undefined ? { id } : { id, text };
}
