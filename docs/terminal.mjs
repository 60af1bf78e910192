// Draws text from stdin as a picture of a terminal: node docs/terminal.mjs TITLE < text > docs/images/NAME.svg
import { readFileSync } from 'node:fs';

const FONT = 13;
const COLUMN = FONT * 0.602;
const LINE = 19;
const PADDING = 16;
const BAR = 30;

const escapeXml = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const lines = readFileSync(0, 'utf8').trimEnd().split('\n');
const width = Math.ceil(Math.max(...lines.map((line) => [...line].length)) * COLUMN + 2 * PADDING);
const height = lines.length * LINE + BAR + 2 * PADDING;
const rows = lines.map((line, index) => {
  const y = BAR + PADDING + (index + 0.8) * LINE;
  const colour = line.startsWith('$') ? '#8bd5a0' : '#d8dee9';
  return `<text x="${PADDING}" y="${y.toFixed(1)}" fill="${colour}" xml:space="preserve">${escapeXml(line)}</text>`;
});
process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${FONT}">
<title>${escapeXml(process.argv[2] ?? 'terminal')}</title>
<rect width="${width}" height="${height}" rx="8" fill="#1f2430"/>
<text x="${width / 2}" y="20" fill="#7b8496" text-anchor="middle">${escapeXml(process.argv[2] ?? '')}</text>
${rows.join('\n')}
</svg>
`);
