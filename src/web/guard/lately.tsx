import { useChanges, useSession } from '../shell/context.ts';
import { EVENTS } from '../store/fleet.ts';
import { OccurrenceLine } from './occurrence-line.tsx';

const SHOWN = 12;

/** What happened lately: what came and left, and cameras that changed their state. */
export function Lately() {
  const { fleet } = useSession();
  useChanges(EVENTS);
  const lines = fleet.occurrences.lines.slice(0, SHOWN);
  return (
    <section class="lately" aria-labelledby="lately">
      <h2 id="lately">Lately</h2>
      {lines.length === 0 && <p class="soft">Nothing has come, left or changed its state lately.</p>}
      <ol>
        {lines.map(({ key, atMs, camera, tone, sign, text }) => (
          <OccurrenceLine key={key} {...{ atMs, camera, tone, sign, text }} />
        ))}
      </ol>
    </section>
  );
}
