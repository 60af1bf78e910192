import type { Example, ExampleLimits, Reason } from './example.ts';
import { type LabelChange, type Stored, withLabel } from './journal.ts';
import { Likeness } from './likeness.ts';
import type { Pieces } from './pieces.ts';
import { isExpired, victims, type Weighed } from './policy.ts';

/** What is kept of one camera, in memory, and what has to go. */
export class ExampleSet {
  readonly #stored = new Map<string, Stored>();
  readonly #likeness = new Likeness();
  /** Unix time until which a person may be about to label it. */
  readonly #heldUntilMs = new Map<string, number>();
  #bytes = 0;
  #lastId = 0;

  get size(): number {
    return this.#stored.size;
  }

  /** Of the pictures' files. */
  get bytes(): number {
    return this.#bytes;
  }

  /** In the order in which they were kept. */
  get examples(): Example[] {
    return [...this.#stored.values()].map(({ example }) => example);
  }

  /** All of it, with what is nearest to each: who reads it again need not compare them. */
  get stored(): Stored[] {
    return [...this.#stored].map(([id, stored]) => ({ ...stored, nearest: this.#likeness.nearest(id) }));
  }

  /** How many pairs of pictures were compared so far. */
  get comparisons(): number {
    return this.#likeness.comparisons;
  }

  /** Unix time of the first that is left; `null` if none is. */
  get oldestMs(): number | null {
    for (const { example } of this.#stored.values()) return example.takenAtMs;
    return null;
  }

  get(id: string): Example | null {
    return this.#stored.get(id)?.example ?? null;
  }

  /** Difference of a picture to what is kept that is most like it. */
  noveltyOf(thumbnail: Uint8Array): number {
    return this.#likeness.noveltyOf(thumbnail);
  }

  /** An id that no example had before. */
  freeId(takenAtMs: number): string {
    this.#lastId = Math.max(this.#lastId + 1, Math.floor(takenAtMs));
    return this.#lastId.toString(36);
  }

  add(stored: Stored): void {
    this.#likeness.add(stored.example.id, thumbnailOf(stored));
    this.#count(stored);
  }

  /** Adds what was a set before, or what is left of one. */
  *load(all: readonly Stored[]): Pieces<void> {
    const entries = all.map((stored) => ({
      id: stored.example.id,
      thumbnail: thumbnailOf(stored),
      nearest: stored.nearest ?? null,
    }));
    for (const stored of all) this.#count(stored);
    yield* this.#likeness.load(entries);
  }

  /** They are gone with the first piece; the others are only how new what is left has become. */
  *remove(ids: readonly string[]): Pieces<void> {
    for (const id of ids) {
      this.#bytes -= this.get(id)?.bytes ?? 0;
      this.#stored.delete(id);
      this.#heldUntilMs.delete(id);
    }
    yield* this.#likeness.remove(ids);
  }

  #count(stored: Stored): void {
    const { id, bytes } = stored.example;
    this.#stored.set(id, stored);
    this.#bytes += bytes;
    this.#lastId = Math.max(this.#lastId, Number.parseInt(id, 36));
  }

  /** Lets no frame that comes take its place before then: somebody looks at it. */
  hold(id: string, untilMs: number): void {
    if (this.#stored.has(id)) this.#heldUntilMs.set(id, untilMs);
  }

  label(changes: readonly LabelChange[]): void {
    for (const { example: id, question, label } of changes) {
      const stored = this.#stored.get(id);
      if (stored !== undefined)
        this.#stored.set(id, { ...stored, example: withLabel(stored.example, question, label) });
    }
  }

  /** What would have to go for one more; `null`: there is room. */
  victimFor(reason: Reason, nowMs: number, limits: ExampleLimits): Weighed | null {
    if (this.size < limits.maxFrames) return null;
    const [victim = null] = victims(this.#weighed(new Set(), nowMs), reason, nowMs, limits);
    return victim;
  }

  /**
   * Ids of what has to go so that the limits hold.
   *
   * @param adding what is to be kept besides; `null`: nothing is
   */
  excess(
    adding: { readonly reason: Reason; readonly bytes: number } | null,
    nowMs: number,
    limits: ExampleLimits,
  ): string[] {
    const gone = new Set<string>();
    let frames = this.size + (adding === null ? 0 : 1);
    let bytes = this.#bytes + (adding?.bytes ?? 0);
    const drop = (example: Pick<Example, 'id' | 'bytes'>) => {
      gone.add(example.id);
      frames--;
      bytes -= example.bytes;
    };
    for (const { example } of this.#stored.values()) if (isExpired(example, nowMs, limits)) drop(example);
    const isTooMuch = () => frames > limits.maxFrames || bytes > limits.maxBytes;
    if (!isTooMuch()) return [...gone];
    for (const { example } of victims(this.#weighed(new Set(gone), nowMs), adding?.reason ?? null, nowMs, limits)) {
      drop(example);
      if (!isTooMuch()) break;
    }
    return [...gone];
  }

  *#weighed(without: ReadonlySet<string>, nowMs: number): Iterable<Weighed> {
    for (const [id, { example }] of this.#stored) {
      if (without.has(id)) continue;
      yield { example, novelty: this.#likeness.novelty(id), isHeld: (this.#heldUntilMs.get(id) ?? 0) > nowMs };
    }
  }
}

function thumbnailOf({ thumbnail }: Stored): Uint8Array {
  return Buffer.from(thumbnail, 'base64');
}
