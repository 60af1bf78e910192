import { render } from 'preact';
import { Session } from './session.ts';
import { App } from './shell/app.tsx';
import { applyTheme, readTheme } from './shell/preferences.ts';

applyTheme(readTheme());
const session = new Session();
const place = document.getElementById('app');
if (place !== null) render(<App session={session} />, place);
void session.start();
