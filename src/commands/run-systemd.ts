import { SYSTEM_CLOCK } from '../service/clock.ts';
import { Heartbeat } from '../service/heartbeat.ts';
import type { Logger } from '../service/log.ts';
import { openNotifier } from '../service/notifier.ts';
import { Pulse } from '../service/pulse.ts';
import type { Shutdown } from '../service/shutdown.ts';
import { statusLine } from '../service/status-line.ts';
import type { Hub } from '../sinks/hub.ts';
import type { ClockStateName } from '../types.ts';
import type { RunningCameras } from './run-cameras.ts';

export interface SystemdParts {
  readonly hub: Hub;
  readonly log: Logger;
  readonly shutdown: Shutdown;
  /** `null` until models are loaded. */
  readonly cameras: () => Pick<RunningCameras, 'isOneKnown' | 'statuses' | 'watched'> | null;
  readonly clockState: () => ClockStateName;
}

/** What the daemon itself tells of its life. */
export type SystemdWords = Pick<Heartbeat, 'reloading' | 'ready' | 'stopping'>;

/**
 * Begins to tell systemd how the daemon is, where there is one that listens.
 *
 * @throws WeirError `notify-unavailable`
 */
export async function tellSystemd(parts: SystemdParts): Promise<SystemdWords | null> {
  const { hub, log, shutdown, cameras, clockState } = parts;
  const notifier = await openNotifier(process.env, log);
  // Meant for this process alone, not for ffmpeg.
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete process.env[name];
  if (notifier === null) return null;
  const pulse = new Pulse(SYSTEM_CLOCK.monotonicMs());
  hub.add({
    publish: (message) => {
      if (message.type === 'label') pulse.label(SYSTEM_CLOCK.monotonicMs(), message.spentMs);
    },
    close: async () => {},
  });
  const heartbeat = new Heartbeat({
    notifier,
    clock: SYSTEM_CLOCK,
    log,
    isReady: () => cameras()?.isOneKnown ?? false,
    cameras: () => cameras()?.watched ?? [],
    status: () => {
      const running = cameras();
      if (running === null) return 'models are being loaded and measured';
      const states = running.statuses.map(({ state }) => state);
      return statusLine(states, pulse.read(SYSTEM_CLOCK.monotonicMs()), clockState());
    },
  });
  heartbeat.start();
  // The watchdog goes on while everything is ended; the last step of all takes it down.
  shutdown.add('systemd', async () => heartbeat.stop());
  return {
    reloading: () => heartbeat.reloading(),
    ready: () => heartbeat.ready(),
    stopping: () => heartbeat.stopping(),
  };
}
