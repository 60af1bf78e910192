/** Numbers of objects throughout a camera, of which each region counts its own. */
export class TrackNumbers {
  /** The last number that was given. */
  last = 0;
  /** By region: the number of each object that is followed, by the region's own. */
  readonly #taken: Map<number, number>[] = [];

  /** The same with the camera's number in place of the region's; itself where it is about no object. */
  renumbered<T extends { readonly track?: number }>(region: number, told: T): T {
    return told.track === undefined ? told : { ...told, track: this.#numberOf(region, told.track) };
  }

  /** An object has left. @returns what its number was; `null`: nothing was told of it, and it had none */
  forget(region: number, track: number): number | null {
    const number = this.#taken[region]?.get(track) ?? null;
    this.#taken[region]?.delete(track);
    return number;
  }

  forgetAll(): void {
    for (const taken of this.#taken) taken?.clear();
  }

  #numberOf(region: number, track: number): number {
    const taken = this.#taken[region] ?? new Map<number, number>();
    this.#taken[region] = taken;
    const number = taken.get(track) ?? ++this.last;
    taken.set(track, number);
    return number;
  }
}
