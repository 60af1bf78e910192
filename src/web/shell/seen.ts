import { useEffect, useState } from 'preact/hooks';

/** Whether an element is on the screen, or nearly so. */
export function useSeen(place: { readonly current: Element | null }): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const { current } = place;
    if (current === null) return undefined;
    const observer = new IntersectionObserver((entries) => setSeen(entries.at(-1)?.isIntersecting === true), {
      rootMargin: '80px',
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, [place]);
  return isSeen;
}
