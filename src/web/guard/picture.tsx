import { useEffect, useRef, useState } from 'preact/hooks';
import { problemOf } from '../api.ts';
import { useSession, useTick } from '../shell/context.ts';
import { duration } from '../words/numbers.ts';

interface Shown {
  readonly url: string | null;
  readonly takenMs: number;
  readonly problem: string | null;
}

const EVERY_MS = 1_000;
const RETRY_MS = 3_000;
/** A picture is said to be old after so long. */
const OLD_MS = 4_000;

/**
 * The live picture: about one a second, only while it is seen, each asked for when the one before is there. The last one stays,
 * with its age, when no more come.
 */
export function Picture({ id, width, what }: { readonly id: string; readonly width: number; readonly what: string }) {
  const place = useRef<HTMLDivElement>(null);
  const isSeen = useSeen(place);
  const { url, takenMs, problem } = usePictures(id, width, isSeen);
  useTick(1_000);
  const ageMs = Date.now() - takenMs;
  return (
    <div class="picture" ref={place}>
      {url === null ? (
        <p class="no-picture">{problem ?? 'No picture yet'}</p>
      ) : (
        <img src={url} alt={`Camera ${id}: ${what}`} class={ageMs > OLD_MS ? 'old' : ''} />
      )}
      {url !== null && ageMs > OLD_MS && <p class="age">picture is {duration(ageMs)} old</p>}
    </div>
  );
}

function pictureProblem(error: unknown): string {
  const { code, message } = problemOf(error);
  return code === 'path-unknown' ? 'No picture' : message;
}

function useSeen(place: { readonly current: Element | null }): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const { current } = place;
    if (current === null) return undefined;
    const observer = new IntersectionObserver((entries) => setSeen(entries.some((entry) => entry.isIntersecting)), {
      rootMargin: '80px',
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, [place]);
  return isSeen;
}

function usePictures(id: string, width: number, isSeen: boolean): Shown {
  const { api } = useSession();
  const [shown, setShown] = useState<Shown>({ url: null, takenMs: 0, problem: null });
  const held = useRef<string | null>(null);
  useEffect(() => {
    if (!isSeen) return undefined;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const next = async () => {
      if (document.hidden) return document.addEventListener('visibilitychange', next, { once: true });
      const begunMs = performance.now();
      let waitMs = EVERY_MS;
      try {
        const picture = await api.blob(
          `/api/cameras/${encodeURIComponent(id)}/snapshot.jpg?width=${width}`,
          stop.signal,
        );
        if (stop.signal.aborted) return;
        const url = URL.createObjectURL(picture);
        const before = held.current;
        held.current = url;
        setShown({ url, takenMs: Date.now(), problem: null });
        // The old one is still drawn until the next draw.
        if (before !== null) setTimeout(() => URL.revokeObjectURL(before), 500);
      } catch (error) {
        if (stop.signal.aborted) return;
        waitMs = RETRY_MS;
        setShown((last) => ({ ...last, problem: pictureProblem(error) }));
      }
      timer = setTimeout(next, Math.max(250, waitMs - (performance.now() - begunMs)));
    };
    void next();
    return () => {
      stop.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', next);
    };
  }, [api, id, width, isSeen]);
  useEffect(
    () => () => {
      if (held.current !== null) URL.revokeObjectURL(held.current);
    },
    [],
  );
  return shown;
}
