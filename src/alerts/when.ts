/** What a rule waits for; `parseWhen` makes it from a rule's text. */
export interface When {
  readonly head: Head;
  /** `null`: every camera. */
  readonly places: readonly Place[] | null;
  /** It must hold for so long; 0: at once. */
  readonly forSeconds: number;
  /** `null`: at any time of day. */
  readonly between: Between | null;
  /** 1 (Monday) … 7 (Sunday); `null`: on every day. */
  readonly weekdays: readonly number[] | null;
}

export type Head =
  /** The answer of a frame above a confidence; without one, the stable answer. */
  | { readonly kind: 'label'; readonly label: string; readonly above: number | null; readonly orEqual: boolean }
  | { readonly kind: 'absence'; readonly label: string }
  | { readonly kind: 'event'; readonly label: string; readonly phase: 'begin' | 'end' }
  | { readonly kind: 'state'; readonly states: readonly string[]; readonly isNot: boolean };

/** A camera, or one question of it. */
export interface Place {
  readonly camera: string;
  readonly question: string | null;
}

/** Times of day, in minutes since midnight; `from` belongs to it, `to` does not. Over midnight where `to` <= `from`. */
export interface Between {
  readonly from: number;
  readonly to: number;
}

/** A rule that cannot be read. */
export class WhenError extends Error {
  /** Character of the text at which it fails, from 1. */
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}
