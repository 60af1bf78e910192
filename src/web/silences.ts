import type { Api, CameraMessage, LabelMessage } from './wire.ts';

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
 * When cameras were last heard of before they were opened anew: up to then what was told holds, from then on nobody knows.
 *
 * @param fromMs Unix time before which nothing is looked for
 * @returns Unix times, by the number of the message that tells of the opening
 */
export async function askSilences(
  api: Api,
  messages: readonly { readonly type: string }[],
  fromMs: number,
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, number>> {
  const ask = async ({ camera, seq }: CameraMessage): Promise<[number, number][]> => {
    const query = new URLSearchParams({
      camera,
      types: 'label',
      order: 'newest',
      from: String(Math.floor(fromMs)),
      cursor: String(seq),
      limit: '1',
    });
    const { items } = await api.get<{ items: readonly LabelMessage[] }>(`/api/labels?${query}`, signal);
    return items.map(({ arrivedAtMs }) => [seq, arrivedAtMs]);
  };
  return new Map((await Promise.all(surprises(messages).map(ask))).flat());
}
