/** The one style sheet of the pages: light and dark by the reader's preference, one column on a phone. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --card: #fff; --ink: #1b2128; --soft: #57616c; --line: #e3e7ec; --axis: #aab3bd;
  --hybrid: #0868ac; --cascade: #c85200; --select: #12805c; --rung: #828d99; --oracle: #a8327e;
  --heat: #56b4e9; --warn: #fff3d6; --warn-edge: #d99a00; --mark: #e8f2fb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161b; --card: #1a2027; --ink: #e6eaef; --soft: #a3aeba; --line: #2c343d; --axis: #56616d;
    --hybrid: #5ab4f0; --cascade: #ff9c4a; --select: #3fc795; --rung: #8d99a6; --oracle: #e58cc4;
    --heat: #1f6fa8; --warn: #33290f; --warn-edge: #d99a00; --mark: #1d2c3a;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 4px; }
h2 { font-size: 1.2rem; margin: 40px 0 8px; }
h3 { font-size: 1rem; margin: 0 0 8px; }
p { margin: 8px 0; max-width: 75ch; }
code { font: 0.92em ui-monospace, monospace; overflow-wrap: anywhere; }
.soft, figcaption, caption { color: var(--soft); }
.summary { background: var(--card); border-left: 5px solid var(--hybrid); padding: 12px 18px; margin: 16px 0; border-radius: 4px; }
.summary p:first-child { font-size: 1.15rem; }
.warning { background: var(--warn); border-left: 5px solid var(--warn-edge); padding: 8px 18px; margin: 12px 0; border-radius: 4px; }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 16px; margin: 12px 0; align-items: start; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px; margin: 0; min-width: 0; }
main > .card { max-width: 640px; margin: 12px 0; }
.card > svg { display: block; width: 100%; max-width: 640px; height: auto; margin: 0 auto; }
figcaption { font-size: 0.9rem; margin-top: 6px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 0; margin: 8px 0; list-style: none; font-size: 0.92rem; }
.legend li { display: flex; align-items: center; gap: 7px; }
.legend svg { width: 18px; height: 18px; flex: none; }
.scroll { overflow-x: auto; margin: 8px 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 4px 12px; }
table { border-collapse: collapse; font-size: 0.88rem; font-variant-numeric: tabular-nums; width: 100%; }
caption { text-align: left; padding: 8px 0 4px; }
th, td { padding: 5px 7px; text-align: right; vertical-align: top; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
th.words, td.words { white-space: normal; text-align: left; min-width: 15rem; }
thead th { border-bottom: 1px solid var(--axis); vertical-align: bottom; white-space: normal; }
tbody th { font-weight: normal; }
tbody tr + tr > * { border-top: 1px solid var(--line); }
tr.marked > * { background: var(--mark); }
tr.marked > th { font-weight: 600; }
table.heat th + th, table.heat th[colspan] { text-align: center; }
td.heat { background: color-mix(in srgb, var(--heat) calc(var(--share) * 100%), transparent); text-align: center; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 8px 0; }
dt { font-weight: 600; }
dd { margin: 0; max-width: 75ch; }
details { margin: 10px 0; }
summary { cursor: pointer; font-weight: 600; }
.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(165px, 1fr)); gap: 12px; }
.mistakes figure { padding: 10px; }
.mistakes img, .mistakes .no-picture { display: block; width: 100%; height: 150px; object-fit: contain; background: var(--page); border-radius: 4px; }
.mistakes .no-picture { display: grid; place-items: center; }
.mistakes dl { grid-template-columns: 1fr; gap: 0; font-size: 0.85rem; margin: 6px 0; overflow-wrap: anywhere; }
.mistakes dt { font-weight: normal; color: var(--soft); font-size: 0.78rem; }
.mistakes figcaption { font-size: 0.72rem; overflow-wrap: anywhere; }
@media (max-width: 560px) {
  main { padding: 14px 10px 40px; }
  .card { padding: 10px 8px; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 8px; }
  .mistakes { grid-template-columns: repeat(auto-fill, minmax(140px, 1fr)); }
}
@media print { body { background: none; } .card, .scroll { break-inside: avoid; } }
`;
