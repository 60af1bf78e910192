/** A type without `readonly`, with its intersections joined: how it is written does not matter. */
export type Plain<T> = T extends object ? { -readonly [K in keyof T]: Plain<Exclude<T[K], undefined>> } : T;

/** Whether two types are the same, not only assignable. */
export type Same<A, B> =
  (<T>() => T extends Plain<A> ? 1 : 2) extends <T>() => T extends Plain<B> ? 1 : 2 ? true : false;

/** Does not compile where a type is not `true`. */
export function proven<_T extends true>(): void {}
