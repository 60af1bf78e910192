/** More are not kept: what goes wrong again and again must not grow for ever. */
const MOST = 100;

/** Adds what the operator is to know to a list of it, newest last: the newest 100 are kept, and equal ones are counted. */
export function note(notices: string[], text: string): void {
  const place = notices.findIndex((known) => timesOf(known, text) > 0);
  const times = place < 0 ? 1 : timesOf(notices.splice(place, 1)[0] ?? '', text) + 1;
  notices.push(times === 1 ? text : `${text} (${times} times)`);
  if (notices.length > MOST) notices.splice(0, notices.length - MOST);
}

/** How often a line says a text; 0: it is another one. */
function timesOf(line: string, text: string): number {
  if (line === text) return 1;
  if (!line.startsWith(`${text} (`)) return 0;
  return Number(/^ \((\d+) times\)$/.exec(line.slice(text.length))?.[1] ?? 0);
}
