import type { Principal } from '../principal.ts';
import type { SequencedMessage, SubscribeMessage } from '../protocol/messages.ts';
import type { Wish } from './past.ts';

/** What a subscriber gets: what it asked for, as far as it may see it. */
export class Subscription {
  readonly asked: SubscribeMessage;
  readonly wish: Wish;
  readonly #cameras: ReadonlySet<string> | null;
  readonly #questions: ReadonlySet<string> | null;

  constructor(asked: SubscribeMessage, principal: Pick<Principal, 'cameras'>) {
    this.asked = asked;
    const { every, questions } = asked;
    const cameras = camerasOf(asked.cameras, principal.cameras);
    this.wish = { cameras, every, ...(questions === undefined ? {} : { questions }) };
    this.#cameras = cameras === 'all' ? null : new Set(cameras);
    this.#questions = questions === undefined ? null : new Set(questions);
  }

  /** Camera states go to all who watch the camera, events to all who watch its question. */
  wants(message: SequencedMessage): boolean {
    if (this.#cameras !== null && !this.#cameras.has(message.camera)) return false;
    if (message.type === 'camera') return true;
    if (this.#questions !== null && !this.#questions.has(message.question)) return false;
    return message.type === 'event' || this.wish.every === 'frame' || message.changed;
  }
}

/** Those asked for that may be seen. */
function camerasOf(asked: Wish['cameras'], seen: Principal['cameras']): Wish['cameras'] {
  if (seen === 'all') return asked;
  return asked === 'all' ? seen : asked.filter((camera) => seen.includes(camera));
}
