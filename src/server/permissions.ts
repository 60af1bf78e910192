/** What a path needs: nothing, a token, or one that may change things. */
export type Need = 'open' | 'read' | 'admin';

interface Rule {
  readonly methods: 'read' | 'any';
  readonly path: RegExp;
  readonly need: Need;
}

/** Whoever adds a path that no line is for is told so when the daemon starts. The first line that fits counts. */
const RULES: readonly Rule[] = [
  // Whether it lives: no details. The dashboard's files hold no data.
  { methods: 'read', path: /^\/(healthz|readyz)$/, need: 'open' },
  { methods: 'read', path: /^\/(index\.html|favicon\.\w+|robots\.txt|assets\/.*|\*)?$/, need: 'open' },
  { methods: 'read', path: /^\/metrics$/, need: 'read' },
  // Pictures that were kept show people who passed hours ago: they are for whoever teaches.
  { methods: 'read', path: /^\/api\/cameras\/:id\/examples(\/|$)/, need: 'admin' },
  { methods: 'read', path: /^\/api\//, need: 'read' },
  { methods: 'any', path: /^\/api\//, need: 'admin' },
];

const READING = new Set(['GET', 'HEAD']);

/**
 * @param path as it was registered, e.g. `/api/cameras/:id`
 * @returns `null`: nobody said, so nobody may
 */
export function needOf(method: string, path: string): Need | null {
  const isReading = READING.has(method.toUpperCase());
  return RULES.find((rule) => (rule.methods === 'any' || isReading) && rule.path.test(path))?.need ?? null;
}

/** Paths that tell of all cameras at once, or show any of them to others: not for a token that is limited to some. */
export function isForAllCameras(path: string): boolean {
  return path === '/metrics' || path === '/api/alerts/test';
}

/** Paths that only tell whether the daemon lives: cheap, and always answered. */
export function isProbe(path: string | undefined): boolean {
  return path === '/healthz' || path === '/readyz';
}
