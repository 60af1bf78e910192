import { CONNECTION } from '../session.ts';
import { useChanges, useSession } from '../shell/context.ts';
import { ConnectionChip } from '../shell/header.tsx';
import type { CameraModel } from '../store/camera.ts';
import { FLEET } from '../store/fleet.ts';
import { counted } from '../words/numbers.ts';
import { troubleTelling } from '../words/states.ts';
import { AddCamera } from './add-camera.tsx';
import { Alerts } from './alerts.tsx';
import { Lately } from './lately.tsx';
import { Hatches } from './strip-view.tsx';
import { Tile } from './tile.tsx';

/** All cameras at a glance. */
export function GuardPage({ isDetailed, isWall }: { readonly isDetailed: boolean; readonly isWall: boolean }) {
  const { fleet, connection } = useSession();
  useChanges(FLEET, CONNECTION);
  const { cameras } = fleet;
  if (!fleet.isKnown) {
    return connection.kind === 'waiting' ? (
      <main class="page narrow">
        <h1>Weir does not answer</h1>
        <p class="soft">{connection.reason}. It is tried again on its own.</p>
      </main>
    ) : (
      <main class="guard">
        <div class="guard-head">
          <h1>Cameras</h1>
          <p class="soft">Connecting …</p>
        </div>
      </main>
    );
  }
  if (cameras.length === 0) return <NoCamera />;
  return (
    <main class="guard">
      <Hatches />
      <div class="guard-head">
        <h1>Cameras</h1>
        <p class="soft">
          {counted(cameras.length, 'camera')}
          {troubleWords(cameras)}
        </p>
        {isWall ? (
          <>
            {connection.kind !== 'live' && <ConnectionChip connection={connection} />}
            <a class="button quiet leave" href="#/">
              Leave the wall
            </a>
          </>
        ) : (
          <a class="button" href="#/add">
            Add a camera
          </a>
        )}
      </div>
      <ul class="tiles" data-count={Math.min(cameras.length, 9)}>
        {cameras.map((camera) => (
          <li key={camera.id}>
            <Tile camera={camera} isDetailed={isDetailed && !isWall} />
          </li>
        ))}
      </ul>
      {!isWall && (
        <div class="aside">
          <Alerts />
          <Lately />
        </div>
      )}
    </main>
  );
}

function troubleWords(cameras: readonly CameraModel[]): string {
  const blind = cameras.filter(({ state }) => state === 'failed' || state === 'stalled').length;
  const troubled = cameras.filter(({ degraded }) =>
    degraded.some((name) => troubleTelling(name).tone !== 'calm'),
  ).length;
  if (blind + troubled === 0) return ', all well';
  return `${blind > 0 ? `, ${blind} without a picture` : ''}${troubled > 0 ? `, ${troubled} with troubles` : ''}`;
}

function NoCamera() {
  return (
    <main class="page narrow">
      <h1>No camera yet</h1>
      <p class="soft">
        Weir runs and waits. Add a camera here, or name it in the configuration (<code>cameras:</code> in{' '}
        <code>weir.yaml</code>) or with <code>--source gate=rtsp://…</code>.
      </p>
      <AddCamera />
    </main>
  );
}
