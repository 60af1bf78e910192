import { useEffect, useRef, useState } from 'preact/hooks';
import { problemOf } from '../api.ts';
import { useSession, useTick } from '../shell/context.ts';
import type { Api, CameraState, FiguresAnswer } from '../wire.ts';
import { noPictureWords } from '../words/no-picture.ts';
import { duration } from '../words/numbers.ts';
import { askedWidth } from './picture-width.ts';
import type { Region } from './region-boxes.ts';
import { Regions } from './regions.tsx';

interface Shown {
  readonly url: string | null;
  readonly takenMs: number;
  readonly problem: string | null;
}

interface PictureProps {
  readonly id: string;
  /** What is on it, in words. */
  readonly what: string;
  /** Whether it is on the screen, or nearly so. */
  readonly isSeen?: boolean;
  readonly state: CameraState;
  readonly reason: string;
  /** Drawn upon it. */
  readonly regions?: readonly Region[];
}

const EVERY_MS = 1_000;
const RETRY_MS = 3_000;
/** Where no frame comes there is no picture either; it is asked for at once when they do. */
const BLIND_RETRY_MS = 30_000;
/** A picture is said to be old after so long. */
const OLD_MS = 4_000;

/**
 * The live picture: about one a second, only while it is seen, each asked for when the one before is there, as large as it is shown.
 * The last one stays, with its age, when no more come.
 */
export function Picture({ id, what, state, reason, isSeen = true, regions = [] }: PictureProps) {
  const place = useRef<HTMLDivElement>(null);
  const width = useShownWidth(place);
  const { url, takenMs, problem } = usePictures(id, width, isSeen, state === 'live');
  useTick(1_000);
  const ageMs = Date.now() - takenMs;
  return (
    <div class="picture" ref={place}>
      {url === null ? (
        <p class="no-picture">{noPictureWords(state, reason) ?? problem ?? 'No picture yet'}</p>
      ) : (
        <img src={url} alt={`Camera ${id}: ${what}`} class={ageMs > OLD_MS ? 'old' : ''} />
      )}
      {url !== null && regions.length > 0 && <Regions regions={regions} place={place} />}
      {url !== null && ageMs > OLD_MS && <p class="age">picture is {duration(ageMs)} old</p>}
    </div>
  );
}

/** The width to ask for; 0 until it is known. */
function useShownWidth(place: { readonly current: Element | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const { current } = place;
    if (current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      const shown = entry?.contentRect.width ?? 0;
      if (shown > 0) setWidth(askedWidth(shown, devicePixelRatio));
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, [place]);
  return width;
}

function pictureProblem(error: unknown): string {
  const { message, remedy } = problemOf(error);
  return remedy === null ? message : `${message}: ${remedy}`;
}

/** Whether there may be a picture of a camera that gives none now: one that never gave a frame has none. */
async function mayHaveOne(api: Api, id: string, signal: AbortSignal): Promise<boolean> {
  const { frames } = await api.get<FiguresAnswer>(`/api/cameras/${encodeURIComponent(id)}/figures`, signal);
  return frames.in > 0;
}

function usePictures(id: string, width: number, isSeen: boolean, isLive: boolean): Shown {
  const { api } = useSession();
  const [shown, setShown] = useState<Shown>({ url: null, takenMs: 0, problem: null });
  const held = useRef<string | null>(null);
  useEffect(() => {
    if (!isSeen || width === 0) return undefined;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const next = async () => {
      if (document.hidden) return document.addEventListener('visibilitychange', next, { once: true });
      const begunMs = performance.now();
      let waitMs = isLive ? EVERY_MS : RETRY_MS;
      try {
        if (!isLive && held.current === null && !(await mayHaveOne(api, id, stop.signal))) {
          if (!stop.signal.aborted) timer = setTimeout(next, BLIND_RETRY_MS);
          return;
        }
        const { blob, ageMs } = await api.picture(
          `/api/cameras/${encodeURIComponent(id)}/snapshot.jpg?width=${width}`,
          stop.signal,
        );
        if (stop.signal.aborted) return;
        const url = URL.createObjectURL(blob);
        const before = held.current;
        held.current = url;
        setShown({ url, takenMs: Date.now() - ageMs, problem: null });
        // The old one is still drawn until the next draw.
        if (before !== null) setTimeout(() => URL.revokeObjectURL(before), 500);
      } catch (error) {
        if (stop.signal.aborted) return;
        waitMs = isLive ? RETRY_MS : BLIND_RETRY_MS;
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
  }, [api, id, width, isSeen, isLive]);
  useEffect(
    () => () => {
      if (held.current !== null) URL.revokeObjectURL(held.current);
    },
    [],
  );
  return shown;
}
