import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { areNumbers } from './numbers.ts';
import type { Look, Shape } from './palette.ts';

export interface TableData {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

interface FigureProps {
  readonly title: string;
  readonly caption?: string;
  /** What each line or area is, with its look. */
  readonly legend?: readonly { readonly name: string; readonly look: Look; readonly isArea?: boolean }[];
  /** The same in words and numbers; built only when somebody opens it. */
  readonly table: () => TableData;
  readonly children: ComponentChildren;
}

/** A chart with its heading, what its lines are, and the same as a table for who reads rather than looks. */
export function Figure({ title, caption, legend = [], table, children }: FigureProps) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <section class="panel figure" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {legend.length > 0 && (
        <ul class="legend">
          {legend.map(({ name, look, isArea }) => (
            <li key={name}>
              <Swatch look={look} isArea={isArea === true} /> {name}
            </li>
          ))}
        </ul>
      )}
      {children}
      {caption !== undefined && <p class="soft">{caption}</p>}
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>As a table</summary>
        {isOpen && <Table name={title} {...table()} />}
      </details>
    </section>
  );
}

/** A table that scrolls on its own where it is too wide, also by keyboard. Numbers stand right, words left. */
export function Table({ name, columns, rows }: TableData & { readonly name: string }) {
  const sides = columns.map((_, column) => (areNumbers(rows.map((cells) => cells[column] ?? '')) ? 'number' : ''));
  return (
    // biome-ignore lint/a11y: what scrolls must be reachable by keyboard, and has a name
    <div class="scroll" tabIndex={0} role="region" aria-label={`${name}, table`}>
      <table>
        <thead>
          <tr>
            {columns.map((column, at) => (
              <th key={column} scope="col" class={sides[at]}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, at) => (
            <tr key={at}>
              {cells.map((cell, column) =>
                column === 0 ? (
                  <th key={columns[0]} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={columns[column]} class={sides[column]}>
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const PATTERNS = {
  plain: '',
  rising: 'M-1 13 13 -1 M-7 7 7 -7 M5 19 19 5',
  dots: 'M3 3h.1 M9 9h.1 M9 3h.1 M3 9h.1',
  falling: 'M-1 -1 13 13 M-7 5 7 19 M5 -7 19 7',
  cross: 'M-1 13 13 -1 M-1 -1 13 13',
  level: 'M0 3h12 M0 9h12',
} as const;

/** A sample of a line, or of a hatched area. */
export function Swatch({ look, isArea }: { readonly look: Look; readonly isArea: boolean }) {
  const color = `var(${look.color})`;
  if (!isArea) {
    return (
      <svg width="28" height="12" aria-hidden="true">
        <line x1="0" y1="6" x2="28" y2="6" stroke={color} stroke-width="2.5" stroke-dasharray={look.dash.join(' ')} />
      </svg>
    );
  }
  const width = look.hatch === 'dots' ? 3 : 1.4;
  return (
    <svg width="12" height="12" aria-hidden="true">
      <rect width="12" height="12" fill={color} />
      <path d={PATTERNS[look.hatch]} stroke="var(--ink)" stroke-width={width} stroke-linecap="round" opacity=".75" />
    </svg>
  );
}

const SHAPES: Record<Shape, string> = {
  circle: 'M8 2a6 6 0 1 0 .1 0z',
  square: 'M3 3h10v10H3z',
  diamond: 'M8 1l7 7-7 7-7-7z',
  triangle: 'M8 2l7 12H1z',
  star: 'M8 .5l2.1 5 5.4.5-4.1 3.6 1.2 5.3L8 12.1l-4.6 2.8 1.2-5.3L.5 6l5.4-.5z',
};

export function Mark({
  shape,
  color,
  isFilled,
}: {
  readonly shape: Shape;
  readonly color: string;
  readonly isFilled: boolean;
}) {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[shape]} fill={isFilled ? `var(${color})` : 'none'} stroke={`var(${color})`} stroke-width="1.6" />
    </svg>
  );
}
