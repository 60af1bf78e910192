export { percent } from '../words.ts';

/** A difference of ratios in points, always with its sign: `+0.9`. */
export function signedPoints(ratio: number, digits = 1): string {
  const text = Math.abs(ratio * 100).toFixed(digits);
  return `${ratio < 0 && Number(text) !== 0 ? '−' : '+'}${text}`;
}

/** `−0.4 to +2.0` */
export function pointsRange([low, high]: readonly [number, number]): string {
  return `${signedPoints(low)} to ${signedPoints(high)}`;
}

/** `8.7 ms`, `0.52 ms` */
export function milliseconds(value: number): string {
  return `${value.toFixed(value < 1 ? 2 : 1)} ms`;
}

/** `12,345` */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `①` for 0; plain numbers after the twentieth. Names things where colour alone would. */
export function circled(index: number): string {
  return index < 20 ? String.fromCodePoint(0x2460 + index) : `(${index + 1})`;
}
