import type { Head } from './when.ts';

/** What there is to tell of: cameras with their questions, and rules. */
export interface DevicePlan {
  readonly cameras: readonly {
    readonly id: string;
    readonly questions: readonly { readonly id: string; readonly text?: string }[];
  }[];
  readonly rules: readonly {
    readonly id: string;
    readonly kind: Head['kind'];
    /** The same for as long as the rule stays what it is. */
    readonly fingerprint: string;
    /** `null`: every camera. */
    readonly cameras: readonly string[] | null;
  }[];
}
