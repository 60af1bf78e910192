import { useEffect, useState } from 'preact/hooks';
import { useSession } from '../shell/context.ts';
import { type AlertLine, alertsOf, newAlerts } from './alert-lines.ts';
import { OccurrenceLine } from './occurrence-line.tsx';

const EVERY_MS = 5_000;
const SHOWN = 8;

/** What rules of the configuration found lately; not there where there are no rules. */
export function Alerts({ lines }: { readonly lines: readonly AlertLine[] }) {
  if (lines.length === 0) return null;
  return (
    <section class="lately alerts" aria-labelledby="alerts">
      <h2 id="alerts">Alerts</h2>
      <ol>
        {lines.slice(0, SHOWN).map(({ id, atMs, camera, text }) => (
          <OccurrenceLine key={id} tone="bad" sign="!" {...{ atMs, camera, text }} />
        ))}
      </ol>
    </section>
  );
}

/** Newest first. New ones are read out. */
export function useAlerts(): readonly AlertLine[] {
  const session = useSession();
  const [lines, setLines] = useState<readonly AlertLine[]>([]);
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let known: readonly AlertLine[] | null = null;
    const ask = async () => {
      try {
        if (known === null && !(await hasRules())) return;
        const found = alertsOf(await session.api.get<unknown>('/api/alerts', stop.signal));
        for (const { text } of newAlerts(known, found)) session.announce(`Alert: ${text}`);
        known = found;
        // The same lines draw nothing anew.
        setLines((before) => (idsOf(before) === idsOf(found) ? before : found));
      } catch {
        // Not there, or not reached: the connection says what is wrong.
      }
      if (!stop.signal.aborted) timer = setTimeout(ask, EVERY_MS);
    };
    const hasRules = async () => {
      const { alerts } = await session.api.get<{ alerts?: { rules?: number } }>('/api/status', stop.signal);
      return (alerts?.rules ?? 0) > 0;
    };
    void ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [session]);
  return lines;
}

function idsOf(lines: readonly AlertLine[]): string {
  return lines.map(({ id }) => id).join('\n');
}
