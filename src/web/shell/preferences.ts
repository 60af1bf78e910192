/** What a person chose for this browser. It holds nothing secret, and the page works without a place to keep it. */
export type Theme = 'auto' | 'light' | 'dark';

const THEME_KEY = 'weir.theme';
const DETAILS_KEY = 'weir.details';

export function readTheme(): Theme {
  const kept = read(THEME_KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'auto';
}

/** Shows a theme, and keeps it. */
export function applyTheme(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  write(THEME_KEY, theme);
}

export function readDetails(): boolean {
  return read(DETAILS_KEY) === 'shown';
}

export function writeDetails(isShown: boolean): void {
  write(DETAILS_KEY, isShown ? 'shown' : 'hidden');
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser may forbid it: then the choice holds until the page is closed.
  }
}
