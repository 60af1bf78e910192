/** To so many decimal places: what files keep of a figure. */
export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
