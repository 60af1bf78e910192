import type { Hatch, Shape } from './palette.ts';

/** Colour of a CSS variable, as an element sees it. */
export function colorOf(element: Element, variable: string): string {
  // Of the variable itself only its text is told, for light and for dark; of what is drawn in it, its colour.
  const probe = element.appendChild(document.createElement('i'));
  probe.style.color = `var(${variable})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** A tile that is repeated to fill an area: in its colour, with a hatch of its own, so that areas are told apart without colour. */
export function hatched(color: string, ink: string, hatch: Hatch, scale: number): CanvasPattern | string {
  if (hatch === 'plain') return color;
  const side = Math.round(8 * scale);
  const tile = document.createElement('canvas');
  [tile.width, tile.height] = [side, side];
  const draw = tile.getContext('2d');
  if (draw === null) return color;
  draw.fillStyle = color;
  draw.fillRect(0, 0, side, side);
  [draw.strokeStyle, draw.fillStyle, draw.lineWidth, draw.globalAlpha] = [ink, ink, 1.4 * scale, 0.75];
  const line = (x1: number, y1: number, x2: number, y2: number) => {
    draw.beginPath();
    draw.moveTo(x1, y1);
    draw.lineTo(x2, y2);
    draw.stroke();
  };
  // Past the tile's edges, so that lines go on without a break.
  const diagonal = (isRising: boolean) => {
    for (const shift of [-side, 0, side]) {
      if (isRising) line(shift - 1, side + 1, shift + side + 1, -1);
      else line(shift - 1, -1, shift + side + 1, side + 1);
    }
  };
  if (hatch === 'rising' || hatch === 'cross') diagonal(true);
  if (hatch === 'falling' || hatch === 'cross') diagonal(false);
  if (hatch === 'level') line(0, side / 2, side, side / 2);
  if (hatch === 'dots') draw.fillRect(side / 4, side / 4, side / 3, side / 3);
  return draw.createPattern(tile, 'repeat') ?? color;
}

/** Outline of a shape around a place. @param radius half of its side, in canvas pixels */
export function outline(draw: CanvasRenderingContext2D, shape: Shape, x: number, y: number, radius: number): void {
  draw.beginPath();
  if (shape === 'circle') draw.arc(x, y, radius, 0, 2 * Math.PI);
  else if (shape === 'square') draw.rect(x - radius, y - radius, 2 * radius, 2 * radius);
  else {
    const [corners, turn] = shape === 'diamond' ? [4, 0] : shape === 'triangle' ? [3, 0] : [10, 0];
    for (let at = 0; at < corners; at++) {
      const angle = turn - Math.PI / 2 + (2 * Math.PI * at) / corners;
      const reach = radius * (shape === 'star' ? (at % 2 === 0 ? 1.3 : 0.55) : 1.25);
      if (at === 0) draw.moveTo(x + reach * Math.cos(angle), y + reach * Math.sin(angle));
      else draw.lineTo(x + reach * Math.cos(angle), y + reach * Math.sin(angle));
    }
  }
  draw.closePath();
}
