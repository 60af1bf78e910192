/** How old an answer was when it was sent, by the sender's clock alone: this machine's may go wrong. Unknown is new. */
export function ageOf(headers: Pick<Headers, 'get'>): number {
  const [sentMs, fromMs] = ['Date', 'Last-Modified'].map((name) => Date.parse(headers.get(name) ?? ''));
  return Math.max(0, (sentMs ?? Number.NaN) - (fromMs ?? Number.NaN)) || 0;
}
