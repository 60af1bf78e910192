/** A part of the picture, in ratios of it: x, y, width, height. */
export interface Region {
  readonly name: string;
  readonly box: readonly [number, number, number, number];
}

/**
 * The regions of a camera's questions as parts of its picture, which shows the camera's own region alone.
 *
 * @param questions with views in ratios of the whole picture
 * @param own the camera's region
 */
export function regionsOf(
  questions: readonly { readonly id: string; readonly view?: { readonly box: readonly number[] } }[],
  own: readonly number[],
): Region[] {
  const [ownX = 0, ownY = 0, ownWidth = 1, ownHeight = 1] = own;
  const same = (box: readonly number[]) => box.every((value, at) => Math.abs(value - (own[at] ?? 0)) < 0.001);
  return questions.flatMap(({ id, view }) => {
    if (view === undefined || same(view.box)) return [];
    const [x = 0, y = 0, width = 1, height = 1] = view.box;
    const box = [(x - ownX) / ownWidth, (y - ownY) / ownHeight, width / ownWidth, height / ownHeight] as const;
    return [{ name: id, box }];
  });
}
