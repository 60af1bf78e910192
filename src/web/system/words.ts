import type { ClockStateName } from '../wire.ts';

/** `GET /api/status`, as far as it is shown. */
export interface Status {
  readonly version: string;
  readonly startedAtMs: number;
  readonly epoch: string;
  readonly first: number;
  readonly last: number;
  readonly clock: { readonly state: ClockStateName; readonly reasons: readonly string[] };
  readonly device: {
    readonly name: string;
    readonly powerMode?: string | null;
    readonly temperatureC?: number | null;
    /** From the hottest sensor to where the machine slows down. */
    readonly headroomC?: number | null;
    readonly throttleCount?: number | null;
    readonly powerMw?: number | null;
    readonly clocks?: readonly CpuClock[];
  };
  /** `null` while models are loaded. */
  readonly ladder: {
    readonly name: string;
    readonly reference: string;
    readonly rungs: readonly {
      readonly id: string;
      readonly macsMillions: number;
      readonly precision: string;
      readonly p50Ms: number | null;
      readonly p95Ms: number | null;
      readonly loaded: boolean;
    }[];
  } | null;
  readonly inference: { readonly slots: number; readonly queued: number; readonly restarts: number };
  readonly subscribers: { readonly connected: number; readonly dropped: number };
  readonly history: History;
  readonly cameras: { readonly total: number; readonly live: number };
  readonly eventLoopDelayP99Ms: number | null;
  readonly memoryBytes: number;
  readonly alerts: { readonly rules: number; readonly waiting: number; readonly failed: number };
  readonly notices: readonly string[];
}

export interface CpuClock {
  readonly cpu: number;
  readonly minMHz: number;
  readonly maxMHz: number;
  readonly currentMHz: number;
}

type History =
  | { readonly enabled: false; readonly state: 'off'; readonly reason: string }
  | {
      readonly enabled: true;
      readonly state: 'ok' | 'failing' | 'off';
      /** Empty where all is well. */
      readonly reason: string;
      readonly first: number;
      readonly last: number;
      readonly bytes: number;
      readonly droppedMessages: number;
      readonly quarantined: readonly string[];
    };

/** What the machine tells of itself; what it does not tell is left out. */
export function deviceFacts({
  name,
  powerMode,
  temperatureC,
  headroomC,
  throttleCount,
  powerMw,
}: Status['device']): Fact[] {
  const fact = <T>(told: T | null | undefined, title: string, text: (value: T) => string): Fact[] =>
    told === null || told === undefined ? [] : [[title, text(told)]];
  return [
    ['machine', name],
    ...fact(powerMode, 'power mode', (mode) => mode),
    ...fact(temperatureC, 'temperature', (celsius) => `${celsius.toFixed(0)} °C`),
    ...fact(headroomC, 'until it slows down', (celsius) => `${celsius.toFixed(0)} °C`),
    ...fact(throttleCount, 'slowed down by heat', (times) => `${times} times since it was switched on`),
    ...fact(powerMw, 'power', (mw) => `${(mw / 1000).toFixed(1)} W`),
  ];
}

export type Fact = readonly [title: string, text: string];

export function historyWords({ state, reason }: History): string {
  if (state === 'ok') return '✓ kept';
  const why = reason === '' ? '' : `: ${reason}`;
  return state === 'off' ? `○ not kept${why}` : `✕ cannot be written${why}`;
}

/** What an operator can do about a clock state. */
export function whatToDo(state: ClockStateName): string {
  switch (state) {
    case 'pinned':
      return 'Nothing to do: times can be compared.';
    case 'floating':
      return 'Pin the clocks to compare times; “weir doctor” says how on this machine. Until then read ratios.';
    case 'throttled':
      return 'Something slows the machine down: look to its cooling and its power mode.';
    case 'mixed':
      return 'The clocks changed just now; wait until they stand still.';
    case 'unreadable':
      return 'In a virtual machine nothing can be done; elsewhere “weir doctor” says which file cannot be read.';
  }
}
