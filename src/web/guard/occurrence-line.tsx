import { timeOfDay } from '../words/numbers.ts';

interface LineProps {
  readonly atMs: number;
  readonly camera: string;
  readonly tone: string;
  /** Says the tone without colour. */
  readonly sign: string;
  readonly text: string;
}

/** One thing that happened: when, how bad, on which camera, what. */
export function OccurrenceLine({ atMs, camera, tone, sign, text }: LineProps) {
  return (
    <li>
      <time dateTime={new Date(atMs).toISOString()}>{timeOfDay(atMs)}</time>
      <span class={`mark ${tone}`} aria-hidden="true">
        {sign}
      </span>
      <a class="who" href={`#/camera/${camera}`}>
        {camera}
      </a>
      <span class="what">{text}</span>
    </li>
  );
}
