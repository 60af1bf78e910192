/** Few, as the daemon keeps each width that somebody asks for. In pixels. */
const STEPS = [240, 320, 480, 640, 800, 960, 1280, 1600, 1920, 2560, 3840] as const;
/** More pixels than that for each of the page's are not seen. */
const MOST_DENSITY = 3;

/**
 * The width to ask for, so that nothing is drawn larger than it came.
 *
 * @param shown how wide it is shown, in pixels of the page
 * @param density of the screen: its pixels for each of the page's
 */
export function askedWidth(shown: number, density: number): number {
  const needed = shown * Math.min(MOST_DENSITY, Math.max(1, density));
  return STEPS.find((step) => step >= needed) ?? 3840;
}
