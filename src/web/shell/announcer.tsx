import { ANNOUNCEMENT } from '../session.ts';
import { useChanges, useSession } from './context.ts';

/** What is read out: cameras' states and the connection; labels would never let a listener rest. */
export function Announcer() {
  const { announcement } = useSession();
  useChanges(ANNOUNCEMENT);
  return (
    <div class="unseen" role="status" aria-live="polite">
      {announcement}
    </div>
  );
}
