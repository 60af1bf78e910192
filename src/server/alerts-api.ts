import { WeirError } from '../errors.ts';
import { mayRead, type Principal } from '../principal.ts';
import { principalOf, type Routes, WITH_BODY } from './api.ts';
import type { Metrics } from './metrics.ts';

export interface AlertsService {
  readonly timeZone: () => string | null;
  readonly rules: () => readonly {
    readonly id: string;
    readonly when: string;
    readonly to: readonly string[];
    /** That it names; `null`: it is about all. */
    readonly cameras: readonly string[] | null;
    /** Alerts so far, those before a restart included. */
    readonly raised: number;
    /** Of the last one; `null`: there was none. */
    readonly lastAtMs: number | null;
  }[];
  readonly targets: () => readonly TargetFigures[];
  /** The newest alerts, newest first. */
  readonly recent: () => readonly { readonly camera: string; readonly outcomes: object }[];
  /** Sends an alert by hand. @param to `null`: to all targets. @throws WeirError `target-unknown` */
  readonly test: (to: readonly string[] | null) => Promise<readonly TestOutcome[]>;
}

/** An answer is asked for every few seconds. */
const MOST_RECENT = 50;

export interface TestOutcome {
  readonly target: string;
  readonly outcome: 'delivered' | 'refused' | 'later';
  /** Empty where it was delivered. */
  readonly reason: string;
}

/** Counts since the start, but for what waits now. */
interface TargetFigures {
  readonly id: string;
  readonly waiting: number;
  readonly delivered: number;
  readonly failed: number;
  readonly dropped: number;
}

/** `/api/alerts`: the rules, what they raised of late, and how it gets away; to who may not see all cameras, what is about its own. */
export function alertsRoutes(service: AlertsService): Routes {
  return (app) => {
    app.get('/api/alerts', async (request) => {
      const principal = principalOf(request);
      return {
        timeZone: service.timeZone(),
        rules: rulesFor(principal, service).map(({ cameras: _, ...rule }) => rule),
        targets: targetsFor(principal, service),
        recent: recentFor(principal, service),
      };
    });
    app.post('/api/alerts/test', WITH_BODY, async ({ body }) => ({ outcomes: await service.test(wishOf(body)) }));
  };
}

/** `{"to": ["guard"]}`; without a body, or `to`: all. */
function wishOf(body: unknown): readonly string[] | null {
  const { to = null, ...rest } = (body ?? {}) as { to?: unknown };
  const isList = to === null || (Array.isArray(to) && to.every((id) => typeof id === 'string'));
  if (isList && Object.keys(rest).length === 0) return to as readonly string[] | null;
  throw new WeirError('request-invalid', 'the body is no list of targets', { remedy: 'send {"to": ["guard"]}, or {}' });
}

/** Who is limited to some cameras sees the rules that name no others. */
function rulesFor(principal: Principal, { rules }: AlertsService): ReturnType<AlertsService['rules']> {
  if (principal.cameras === 'all') return rules();
  return rules().filter(({ cameras }) => cameras?.every((camera) => mayRead(principal, camera)) === true);
}

/** The newest that it may see; which targets took them is not told to who sees no targets. */
function recentFor(principal: Principal, { recent }: AlertsService): readonly object[] {
  const seen = recent().filter(({ camera }) => mayRead(principal, camera));
  const newest = seen.slice(0, MOST_RECENT);
  return principal.cameras === 'all' ? newest : newest.map(({ outcomes: _, ...alert }) => alert);
}

/** What goes to targets is about any camera. */
function targetsFor(principal: Principal, { targets }: AlertsService): readonly TargetFigures[] {
  return principal.cameras === 'all' ? targets() : [];
}

export interface AlertsSummary {
  readonly rules: number;
  readonly waiting: number;
  readonly failed: number;
}

/** What `/api/status` says of alerts: counts of what `/api/alerts` shows to whoever asks. */
export function alertsSummary(principal: Principal, service: AlertsService): AlertsSummary {
  const targets = targetsFor(principal, service);
  const sum = (of: 'waiting' | 'failed' | 'dropped') => targets.reduce((total, target) => total + target[of], 0);
  return {
    rules: rulesFor(principal, service).length,
    waiting: sum('waiting'),
    failed: sum('failed') + sum('dropped'),
  };
}

export function alertsMetrics({ family }: Pick<Metrics, 'family'>, { rules, targets }: AlertsService): void {
  const raised = () => rules().map(({ id, raised: count }) => [{ rule: id }, count] as const);
  family('weir_alerts_raised_total', 'Alerts by rule', ['rule'], () => [...raised()], 'counter');
  const each = (of: Exclude<keyof TargetFigures, 'id'>) => () =>
    targets().map((target) => [{ target: target.id }, target[of]] as const);
  const names = ['target'];
  family('weir_alerts_delivered_total', 'Alerts that a target took', names, each('delivered'), 'counter');
  const failed = 'Alerts that a target refused for good, or that became too old';
  family('weir_alerts_failed_total', failed, names, each('failed'), 'counter');
  const dropped = 'Alerts that went because newer ones needed their place in the queue';
  family('weir_alerts_dropped_total', dropped, names, each('dropped'), 'counter');
  family('weir_alerts_waiting', 'Alerts that wait for a target', names, each('waiting'));
}
