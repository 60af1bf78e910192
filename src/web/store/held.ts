import type { LabelMessage } from '../wire.ts';

/** What of a label says which answer holds, and how sure that is. */
type Said = Pick<LabelMessage, 'label' | 'stable' | 'confidence'>;

/** The answer that holds, or where nothing holds yet, that to the newest frame. */
export function heldLabel({ label, stable }: Said): string | null {
  return stable?.label ?? label;
}

/** Whether the newest frame says something else than what holds. `null` of a frame says nothing, not something else. */
export function isOther({ label, stable }: Said): boolean {
  return stable !== null && label !== null && label !== stable.label;
}

/**
 * How sure the answer that holds is: by the newest frame that says the same.
 *
 * @param before the message before it about the same, with how sure that was
 * @returns 0..1; `null`: no frame was heard that says so
 */
export function heldConfidence(
  message: Said,
  before?: { readonly label: Said; readonly sure: number | null },
): number | null {
  const held = heldLabel(message);
  if (message.label === held && message.confidence !== null) return message.confidence;
  return before !== undefined && heldLabel(before.label) === held ? before.sure : null;
}
