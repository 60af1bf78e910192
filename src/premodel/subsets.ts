/** Every non-empty set of up to `largest` of the items, each in the items' order. */
export function subsetsOf<T>(items: readonly T[], largest: number): T[][] {
  const found: T[][] = [];
  const extend = (set: readonly T[], from: number) => {
    for (let i = from; i < items.length; i++) {
      const longer = [...set, items[i] as T];
      found.push(longer);
      if (longer.length < largest) extend(longer, i + 1);
    }
  };
  extend([], 0);
  return found;
}
