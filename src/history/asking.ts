import { WeirError } from '../errors.ts';
import type { Order, ScanAnswer, ScanRequest } from './protocol.ts';

/** Batches and the end wait for no more than these. */
const AT_ONCE = 2;
/** Each subscriber asks once at a time. */
const MOST_PAGES = 4_000;
/** Anybody may ask for labels, and each time a whole history may have to be looked through. */
const MOST_LABELS = 32;

interface Asked {
  readonly request: ScanRequest;
  readonly resolve: (answer: ScanAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** What is asked of the thread that writes: few at once, so that what is to be written goes ahead. */
export class Asking {
  readonly #post: (order: Order) => void;
  readonly #waiting: Asked[] = [];
  readonly #asked = new Map<number, Asked>();
  #nextId = 1;

  constructor(post: (order: Order) => void) {
    this.#post = post;
  }

  /** Rejects with `history-busy` where too many wait, `history-failing` where it cannot be read. */
  scan(request: ScanRequest): Promise<ScanAnswer> {
    const isSuch = (other: Asked) => other.request.withGaps === request.withGaps;
    const most = request.withGaps ? MOST_PAGES : MOST_LABELS;
    if (this.#waiting.filter(isSuch).length >= most) return Promise.reject(busy());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject });
      this.#next();
    });
  }

  answer(id: number, answer: ScanAnswer | null, reason: string): void {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (answer !== null) asked?.resolve(answer);
    else asked?.reject(failing(reason));
    this.#next();
  }

  /** None of it will be answered. */
  end(reason: string): void {
    const all = [...this.#asked.values(), ...this.#waiting.splice(0)];
    this.#asked.clear();
    for (const { reject } of all) reject(failing(reason));
  }

  #next(): void {
    while (this.#asked.size < AT_ONCE) {
      const asked = this.#waiting.shift();
      if (asked === undefined) return;
      const id = this.#nextId++;
      this.#asked.set(id, asked);
      this.#post({ type: 'scan', id, request: asked.request });
    }
  }
}

export function failing(reason: string): WeirError {
  return new WeirError('history-failing', `the history cannot be read: ${reason}`, { remedy: 'try again' });
}

function busy(): WeirError {
  return new WeirError('history-busy', 'too many ask for kept labels at once', { remedy: 'try again in a moment' });
}
