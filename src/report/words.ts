/** What both pages need to have said once. */
export const DECIDING_TERMS = [
  ['rung', 'One classifier of the ladder: a model at one input size and precision. Cheap rungs come first.'],
  ['reference', 'The most capable rung. Running it alone on every image is what Weir is compared with.'],
  ['premodel', 'The small trained part that decides where to enter the ladder and when an answer is good enough.'],
  ['policy', 'A mode at one of its operating points: a complete way of deciding.'],
  [
    'mode',
    '“select” picks one rung from the look of the image; “cascade” begins at the cheapest and climbs until an answer is trusted; “hybrid” picks where to enter and climbs from there.',
  ],
  ['operating point', 'How much accuracy is traded for time: “accurate”, “balanced” or “fast”.'],
  ['entry', 'The rung that runs first. Entry precision and recall say how well it is the cheapest rung that is right.'],
  [
    'oracle',
    'What choosing could do at best: for each image the cheapest rung that is right on it. No real policy reaches it.',
  ],
  ['top-1, top-5', 'Share of images whose true class is the first answer, or among the first five.'],
  [
    '95 % interval',
    'Where the value would lie for most other samples of images of the same kind. Few images make it wide.',
  ],
  ['MACs', 'Multiply-accumulate operations: how much a model computes, whatever the machine.'],
] as const;
