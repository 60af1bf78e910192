import { RASTER_SIZE } from './zero.ts';

/**
 * The empty scene: of each value the lower median over many rasters.
 *
 * @param rasters `uint8 [count][48][48][3]`
 */
export function learnBackground(rasters: Uint8Array, count: number): Uint8Array {
  const background = new Uint8Array(RASTER_SIZE);
  const counts = new Uint32Array(256);
  const half = (count + 1) >> 1;
  for (let at = 0; at < RASTER_SIZE; at++) {
    counts.fill(0);
    for (let i = 0; i < count; i++) {
      const value = rasters[i * RASTER_SIZE + at] ?? 0;
      counts[value] = (counts[value] ?? 0) + 1;
    }
    let value = 0;
    for (let seen = counts[0] ?? 0; seen < half && value < 255; seen += counts[value] ?? 0) value++;
    background[at] = value;
  }
  return background;
}
