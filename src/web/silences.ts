import type { Api, CameraMessage, LabelMessage, Problem } from './wire.ts';

/** Status of a camera of which nothing is kept. */
const GONE = 404;
/** Of a restart of very many cameras, or of very many restarts, the newest are looked into. */
const MOST = 24;
/** What a camera was before is no matter where nothing came from it then. */
const WITHOUT_FRAMES = new Set(['failed', 'stalled', 'paused', 'ended', 'connecting']);

/**
 * Openings of cameras that were live, as far as anybody heard: Weir was away before, and told nothing of its end.
 *
 * @param messages in any order
 * @returns oldest first
 */
export function surprises(messages: readonly { readonly type: string }[]): CameraMessage[] {
  const before = new Map<string, CameraMessage>();
  return messages
    .filter((message): message is CameraMessage => message.type === 'camera')
    .sort((a, b) => a.seq - b.seq)
    .filter((message) => {
      const last = before.get(message.camera)?.state;
      before.set(message.camera, message);
      return message.state === 'connecting' && (last === undefined || !WITHOUT_FRAMES.has(last));
    })
    .slice(-MOST);
}

/**
 * When cameras were last heard of before they were opened anew: up to then what was told holds, from then on nobody knows. One question
 * after the other: every page asks so after a restart, and the history lets few wait. Where it cannot be asked on, what is known counts.
 *
 * @param fromMs Unix time before which nothing is looked for
 * @returns Unix times, by the number of the message that tells of the opening
 * @throws the reason of `signal`
 */
export async function askSilences(
  api: Api,
  messages: readonly { readonly type: string }[],
  fromMs: number,
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>();
  // The newest first: they are nearest to what is looked at.
  for (const { camera, seq } of surprises(messages).reverse()) {
    const query = new URLSearchParams({
      camera,
      types: 'label',
      order: 'newest',
      from: String(Math.floor(fromMs)),
      cursor: String(seq),
      limit: '1',
    });
    try {
      const { items } = await api.get<{ items: readonly LabelMessage[] }>(`/api/labels?${query}`, signal);
      for (const { arrivedAtMs } of items) found.set(seq, arrivedAtMs);
    } catch (error) {
      signal?.throwIfAborted();
      if ((error as Problem).status !== GONE) break;
    }
  }
  return found;
}
