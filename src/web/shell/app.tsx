import { useEffect, useRef, useState } from 'preact/hooks';
import { CameraPage } from '../camera/page.tsx';
import { AddPage } from '../guard/add-page.tsx';
import { GuardPage } from '../guard/page.tsx';
import { CONNECTION, type Session } from '../session.ts';
import { SystemPage } from '../system/page.tsx';
import { Announcer } from './announcer.tsx';
import { Boundary } from './boundary.tsx';
import { SessionContext, useChanges, useSession } from './context.ts';
import { Header } from './header.tsx';
import { NotFound } from './not-found.tsx';
import { readDetails, writeDetails } from './preferences.ts';
import { type Route, routeOf, titleOf } from './routes.ts';
import { TokenPrompt } from './token.tsx';

export function App({ session }: { readonly session: Session }) {
  return (
    <SessionContext.Provider value={session}>
      <Shell />
    </SessionContext.Provider>
  );
}

function Shell() {
  const { connection } = useSession();
  useChanges(CONNECTION);
  const route = useRoute();
  const [isDetailed, setDetailed] = useState(readDetails);
  const outlet = useRef<HTMLDivElement>(null);
  useFocusAt(route, outlet);
  const isWall = route.page === 'guard' && route.isWall;
  const showDetails = (isShown: boolean) => {
    writeDetails(isShown);
    setDetailed(isShown);
  };
  return (
    <div class={isWall ? 'shell wall' : 'shell'}>
      <button type="button" class="skip" onClick={() => focusMain(outlet.current)}>
        Skip to the content
      </button>
      {!isWall && <Header route={route} isDetailed={isDetailed} onDetailed={showDetails} />}
      <div class="outlet" ref={outlet}>
        {connection.kind === 'token' ? (
          <TokenPrompt problem={connection.problem} />
        ) : (
          <Boundary key={JSON.stringify(route)}>
            <Page route={route} isDetailed={isDetailed} />
          </Boundary>
        )}
      </div>
      <Announcer />
    </div>
  );
}

function Page({ route, isDetailed }: { readonly route: Route; readonly isDetailed: boolean }) {
  const { parts } = useSession();
  switch (route.page) {
    case 'guard':
      return <GuardPage isDetailed={isDetailed} isWall={route.isWall} />;
    case 'camera':
      return <CameraPage id={route.id} parts={parts} />;
    case 'add':
      return <AddPage />;
    case 'system':
      return <SystemPage parts={parts} />;
    case 'unknown':
      return <NotFound path={route.path} />;
  }
}

function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const onChange = () => setHash(location.hash);
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  return routeOf(hash);
}

/** Whoever follows a link with the keyboard or a screen reader goes on at the new page's beginning. */
function useFocusAt(route: Route, outlet: { readonly current: HTMLElement | null }): void {
  const title = titleOf(route);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = title;
    if (!isFirst.current) {
      scrollTo(0, 0);
      focusMain(outlet.current);
    }
    isFirst.current = false;
  }, [title, outlet]);
}

function focusMain(outlet: HTMLElement | null): void {
  const main = outlet?.querySelector<HTMLElement>('main');
  if (main === null || main === undefined) return;
  main.tabIndex = -1;
  main.focus();
}
