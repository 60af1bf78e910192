import { CONNECTION } from '../session.ts';
import { useChanges, useSession } from '../shell/context.ts';
import { ConnectionChip } from '../shell/header.tsx';
import { FLEET } from '../store/fleet.ts';
import { counted } from '../words/numbers.ts';
import { AddCamera } from './add-camera.tsx';
import { Alerts, useAlerts } from './alerts.tsx';
import { Lately } from './lately.tsx';
import { Hatches } from './strip-view.tsx';
import { Tile } from './tile.tsx';
import { wallGrid } from './wall.ts';
import { useWallColumns } from './wall-size.ts';
import { Wrongs } from './wrongs.tsx';

/** All cameras at a glance. */
export function GuardPage({ isDetailed, isWall }: { readonly isDetailed: boolean; readonly isWall: boolean }) {
  const { fleet, connection } = useSession();
  useChanges(FLEET, CONNECTION);
  const { cameras } = fleet;
  const alerts = useAlerts();
  const isHeard = connection.kind === 'live';
  const grid = wallGrid(cameras.length, useWallColumns(cameras.length));
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
  if (cameras.length === 0) return <NoCamera isWall={isWall} />;
  return (
    <main class="guard">
      <Hatches />
      <div class="guard-head">
        <h1>Cameras</h1>
        <p class="soft">{counted(cameras.length, 'camera')}</p>
        {isHeard ? <Wrongs cameras={cameras} /> : <p class="wrongs">Weir does not answer: what is shown is old.</p>}
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
      <ul class="tiles" style={isWall ? { '--columns': grid.tracks } : {}}>
        {cameras.map((camera, at) => (
          <li key={camera.id} style={isWall ? { gridColumn: `span ${grid.spans[at]}` } : {}}>
            <Tile camera={camera} isDetailed={isDetailed && !isWall} {...{ isHeard, alerts }} />
          </li>
        ))}
      </ul>
      {!isWall && (
        <div class="aside">
          <Alerts lines={alerts} />
          <Lately />
        </div>
      )}
    </main>
  );
}

function NoCamera({ isWall }: { readonly isWall: boolean }) {
  if (isWall) {
    return (
      <main class="page narrow">
        <h1>No camera yet</h1>
        <p class="soft">Weir runs and waits. Cameras appear here as soon as there are any.</p>
        <p>
          <a href="#/">Leave the wall</a>
        </p>
      </main>
    );
  }
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
