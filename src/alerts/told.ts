import { type Alert, EARLIEST_MS } from './alert.ts';
import type { Settled, ToldLine } from './told-lines.ts';

/** An alert with what became of it, by target; a target that is not there has not settled it. */
export interface ToldAlert extends Alert {
  readonly outcomes: Readonly<Record<string, Settled>>;
}

interface Counted {
  /** The rule as it was with its last alert. */
  of: string;
  raised: number;
  lastAtMs: number;
  /** When it last told of a camera, or of a camera's question; the latest one last. */
  readonly places: Map<string, number>;
}

const MOST_ALERTS = 200;
/** More than may be configured: those of rules that are gone are kept for a while. */
const MOST_RULES = 2_000;
const MOST_PLACES = 1_000;

/** The newest alerts, and how often each rule told: all of what is remembered of alerts beyond a restart. */
export class ToldAlerts {
  #alerts: ToldAlert[] = [];
  readonly #rules = new Map<string, Counted>();

  /** Newest first. */
  get recent(): readonly ToldAlert[] {
    return [...this.#alerts].reverse();
  }

  raised(rule: string): number {
    return this.#rules.get(rule)?.raised ?? 0;
  }

  /** Unix time in milliseconds of a rule's last alert; `null`: there was none. */
  lastAtMs(rule: string): number | null {
    return this.#rules.get(rule)?.lastAtMs ?? null;
  }

  /** The fingerprint of a rule with its last alert; empty where there was none. */
  of(rule: string): string {
    return this.#rules.get(rule)?.of ?? '';
  }

  /** Unix times at which a rule last told of its places, as long as it is the rule that it was. */
  places(rule: string, of: string): ReadonlyMap<string, number> {
    const counted = this.#rules.get(rule);
    return counted?.of === of ? counted.places : new Map();
  }

  /** Whether an alert is there, or was and had to go; one that is older than all that are left may have been. */
  knows({ id, atMs }: Pick<Alert, 'id' | 'atMs'>): boolean {
    if (this.#alerts.some((alert) => alert.id === id)) return true;
    const [oldest] = this.#alerts;
    return this.#alerts.length >= MOST_ALERTS && oldest !== undefined && atMs <= oldest.atMs;
  }

  take(line: ToldLine): void {
    if ('kept' in line) this.#push({ ...line.kept, outcomes: line.outcomes });
    else if ('rule' in line) this.#rules.set(line.rule, { ...line, places: new Map(Object.entries(line.places)) });
    else if ('outcome' in line) this.#settle(line);
    else {
      this.#push({ ...line.raised, outcomes: {} });
      this.#count(line.raised, line.of);
    }
  }

  /** Lets go of alerts from before a moment, a Unix time in milliseconds; counts stay. @returns whether there were some */
  expire(beforeMs: number): boolean {
    const left = this.#alerts.filter(({ atMs }) => atMs >= beforeMs || atMs < EARLIEST_MS);
    const hasOld = left.length < this.#alerts.length;
    this.#alerts = left;
    return hasOld;
  }

  /** As few lines as say all of it. */
  get lines(): ToldLine[] {
    return [
      ...[...this.#rules].map(([rule, { places, ...counted }]) => {
        return { rule, ...counted, places: Object.fromEntries(places) };
      }),
      ...this.#alerts.map(({ outcomes, ...kept }) => ({ kept, outcomes })),
    ];
  }

  #push(alert: ToldAlert): void {
    this.#alerts.push(alert);
    if (this.#alerts.length > MOST_ALERTS) this.#alerts.shift();
  }

  #settle({ alert: id, target, outcome }: Extract<ToldLine, { outcome: unknown }>): void {
    const at = this.#alerts.findIndex((alert) => alert.id === id);
    const alert = this.#alerts[at];
    if (alert !== undefined) this.#alerts[at] = { ...alert, outcomes: { ...alert.outcomes, [target]: outcome } };
  }

  #count({ rule, camera, question, atMs }: Alert, of: string): void {
    const before = this.#rules.get(rule);
    const isSame = before?.of === of;
    const places = isSame ? before.places : new Map<string, number>();
    latestLast(places, question === null ? camera : `${camera}/${question}`, atMs, MOST_PLACES);
    const counted = { of, raised: (before?.raised ?? 0) + 1, lastAtMs: Math.max(before?.lastAtMs ?? 0, atMs), places };
    latestLast(this.#rules, rule, counted, MOST_RULES);
  }
}

/** Puts an entry at the end; beyond the bound the first one goes. */
function latestLast<T>(entries: Map<string, T>, key: string, value: T, most: number): void {
  entries.delete(key);
  entries.set(key, value);
  const [first] = entries.keys();
  if (entries.size > most && first !== undefined) entries.delete(first);
}
