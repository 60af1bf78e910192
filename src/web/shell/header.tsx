import { useState } from 'preact/hooks';
import { CONNECTION, type Connection } from '../session.ts';
import { CLOCK } from '../store/fleet.ts';
import { clockTelling } from '../words/states.ts';
import { useChanges, useSession, useTick } from './context.ts';
import { applyTheme, readTheme, type Theme } from './preferences.ts';
import type { Route } from './routes.ts';

interface HeaderProps {
  readonly route: Route;
  readonly isDetailed: boolean;
  readonly onDetailed: (isShown: boolean) => void;
}

export function Header({ route, isDetailed, onDetailed }: HeaderProps) {
  const session = useSession();
  useChanges(CONNECTION);
  const current = (isHere: boolean) => (isHere ? 'page' : undefined);
  return (
    <header class="top">
      <a class="brand" href="#/" aria-label="Weir, all cameras">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="M4 9h9v6h8v6h7" />
          <path class="water" d="M4 26h24" />
        </svg>
        <span>Weir</span>
      </a>
      <nav aria-label="Pages">
        <a href="#/" aria-current={current(route.page === 'guard' || route.page === 'camera')}>
          Cameras
        </a>
        <a href="#/system" aria-current={current(route.page === 'system')}>
          System
        </a>
      </nav>
      <div class="told">
        <ClockChip />
        <ConnectionChip connection={session.connection} />
      </div>
      <div class="choices">
        {route.page === 'guard' && (
          <button type="button" class="quiet" aria-pressed={isDetailed} onClick={() => onDetailed(!isDetailed)}>
            Details
          </button>
        )}
        <a class="button quiet" href="#/wall">
          Wall
        </a>
        <ThemeChoice />
        {session.hasToken && (
          <button type="button" class="quiet" onClick={() => session.useToken(null)}>
            Forget token
          </button>
        )}
      </div>
    </header>
  );
}

function ClockChip() {
  const { fleet } = useSession();
  useChanges(CLOCK);
  if (fleet.clock === null) return null;
  const { tone, sign, word, explanation } = clockTelling(fleet.clock.state);
  const reasons = fleet.clock.reasons.length > 0 ? ` ${fleet.clock.reasons.join('; ')}` : '';
  return (
    <span class={`chip ${tone}`} title={`${explanation}${reasons}`}>
      <span aria-hidden="true">{sign}</span> clocks {word}
    </span>
  );
}

export function ConnectionChip({ connection }: { readonly connection: Connection }) {
  useTick(connection.kind === 'waiting' ? 1_000 : 60_000);
  switch (connection.kind) {
    case 'live':
      return (
        <span class="chip good">
          <span aria-hidden="true">●</span> live
        </span>
      );
    case 'starting':
      return (
        <span class="chip calm">
          <span aria-hidden="true">◌</span> connecting …
        </span>
      );
    case 'token':
      return (
        <span class="chip fair">
          <span aria-hidden="true">▲</span> token needed
        </span>
      );
    case 'waiting': {
      const seconds = Math.max(0, Math.ceil((connection.untilMs - Date.now()) / 1000));
      return (
        <span class="chip bad" title={connection.reason}>
          <span aria-hidden="true">✕</span> {seconds === 0 ? 'reconnecting …' : `not connected, again in ${seconds} s`}
        </span>
      );
    }
  }
}

function ThemeChoice() {
  const [theme, setTheme] = useState<Theme>(readTheme);
  const choose = (chosen: Theme) => {
    applyTheme(chosen);
    setTheme(chosen);
  };
  return (
    <label class="theme">
      <span class="unseen">Theme</span>
      <select value={theme} onChange={(event) => choose(event.currentTarget.value as Theme)}>
        <option value="auto">Auto</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}
