import { useEffect, useState } from 'preact/hooks';
import { wallColumns } from './wall.ts';

/** Columns of the wall, as large as this window is now. */
export function useWallColumns(count: number): number {
  const [size, setSize] = useState(() => [innerWidth, innerHeight] as const);
  useEffect(() => {
    const resized = () => setSize([innerWidth, innerHeight]);
    addEventListener('resize', resized);
    return () => removeEventListener('resize', resized);
  }, []);
  return wallColumns(count, ...size);
}
