export interface Range {
  readonly name: string;
  readonly ms: number;
}

const HOUR_MS = 3_600_000;
export const QUARTER: Range = { name: '15 min', ms: HOUR_MS / 4 };
export const HOUR: Range = { name: '1 h', ms: HOUR_MS };
export const DAY: Range = { name: '24 h', ms: 24 * HOUR_MS };
export const WEEK: Range = { name: '7 d', ms: 7 * 24 * HOUR_MS };

interface ChoiceProps {
  /** Of its radio buttons. */
  readonly name: string;
  readonly ranges: readonly Range[];
  readonly chosenMs: number;
  readonly onChoose: (ms: number) => void;
}

/** Up to which time back something is shown. */
export function RangeChoice({ name, ranges, chosenMs, onChoose }: ChoiceProps) {
  return (
    <fieldset class="choice">
      <legend>Time</legend>
      {ranges.map((range) => (
        <label key={range.name}>
          <input type="radio" name={name} checked={range.ms === chosenMs} onChange={() => onChoose(range.ms)} />{' '}
          {range.name}
        </label>
      ))}
    </fieldset>
  );
}
