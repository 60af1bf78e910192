import type { Box, WorkingSize } from '../types.ts';
import { sizeAt } from './working-size.ts';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** What of a source's picture is looked at, before it is scaled: turned by quarters, and a region of it. */
export function lookedAtSize({ width, height }: PictureSize, rotate: number, [, , w, h]: Box): PictureSize {
  const isOnItsSide = rotate % 180 !== 0;
  return {
    width: Math.round((isOnItsSide ? height : width) * w),
    height: Math.round((isOnItsSide ? width : height) * h),
  };
}

/** Whether a picture was certainly not scaled to the working size: what has a side of that may have been larger. */
export function isUnscaled(picture: PictureSize, working: WorkingSize): boolean {
  const { width, height } = sizeAt(picture, working);
  if (width !== picture.width || height !== picture.height) return true;
  if (working.aspect === 'stretch') return width < working.width && height < working.height;
  return Math.min(width, height) < Math.max(working.width, working.height);
}
