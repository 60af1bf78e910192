/** How busy the inference slots are, and would be: shared by all cameras that give way. */
export class SharedLoad {
  readonly #slots: { readonly slots: number; readonly load: number };
  /** Slots that each camera would take more if it went back by a gear. */
  readonly #held = new Map<object, number>();

  /** @param slots how many there are, and which share of them was busy of late */
  constructor(slots: { readonly slots: number; readonly load: number }) {
    this.#slots = slots;
  }

  /** Share of the slots that was busy of late. */
  get now(): number {
    return this.#slots.load;
  }

  /** Share of the slots that would be busy if all cameras that gave way went back by a gear. */
  get ifReturned(): number {
    let more = 0;
    for (const held of this.#held.values()) more += held;
    return this.#slots.load + more / this.#slots.slots;
  }

  /** @param more slots that a camera would take more; 0: it has not given way */
  hold(camera: object, more: number): void {
    if (more > 0) this.#held.set(camera, more);
    else this.#held.delete(camera);
  }
}
