import type { PartKind } from '../model.js';

/** Path data from the shape's own top left corner: the outline, and the lines inside that make it recognisable ('' = none). */
export type Shape = { outline: string; detail: string };

/** The shape a kind is told by, `width` x `height` pixels. */
export function shapeOf(kind: PartKind, width: number, height: number): Shape {
  const w = width;
  const h = height;
  switch (kind) {
    // A browser's window.
    case 'web':
      return { outline: rounded(w, h, 6), detail: `M0 13.5H${w}M7 7h.01M12 7h.01M17 7h.01` };
    case 'service':
      return { outline: rounded(w, h, 6), detail: '' };
    // Something that moves things along.
    case 'worker':
      return { outline: `M0 0H${w - 11}L${w} ${h / 2}L${w - 11} ${h}H0L6 ${h / 2}Z`, detail: '' };
    // A sheet on the pile of things to do.
    case 'job':
      return { outline: `M0 0H${w - 12}L${w} 12V${h}H0Z`, detail: `M${w - 12} 0V12H${w}` };
    case 'database':
      return {
        outline: `M0 7A${w / 2} 7 0 0 1 ${w} 7V${h - 7}A${w / 2} 7 0 0 1 0 ${h - 7}Z`,
        detail: `M0 7A${w / 2} 7 0 0 0 ${w} 7`,
      };
    // A chip with its pins.
    case 'cache':
      return { outline: rounded(w, h, 2), detail: pins(w, h) };
    // A pipe, open to the right.
    case 'queue':
      return {
        outline: `M8 0H${w - 8}A8 ${h / 2} 0 0 1 ${w - 8} ${h}H8A8 ${h / 2} 0 0 1 8 0Z`,
        detail: `M${w - 8} 0A8 ${h / 2} 0 0 0 ${w - 8} ${h}`,
      };
    // One comes in at the top, many go out below.
    case 'load-balancer':
      return { outline: `M10 0H${w - 10}L${w} ${h}H0Z`, detail: '' };
    case 'cluster-control':
      return { outline: `M10 0H${w - 10}L${w} ${h / 2}L${w - 10} ${h}H10L0 ${h / 2}Z`, detail: '' };
    // What others stand on.
    case 'platform':
      return { outline: rounded(w, h, 2), detail: `M0 ${h - 4.5}H${w}` };
    case 'external':
      return { outline: cloud(w, h), detail: '' };
  }
}

function rounded(w: number, h: number, r: number): string {
  return `M${r} 0H${w - r}A${r} ${r} 0 0 1 ${w} ${r}V${h - r}A${r} ${r} 0 0 1 ${w - r} ${h}H${r}A${r} ${r} 0 0 1 0 ${h - r}V${r}A${r} ${r} 0 0 1 ${r} 0Z`;
}

function pins(w: number, h: number): string {
  const rows = [1, 2, 3, 4].map((i) => Math.round((i * h) / 5));
  return rows.map((y) => `M0 ${y}h-4M${w} ${y}h4`).join('');
}

function cloud(w: number, h: number): string {
  const r = h * 0.3;
  return (
    `M${r} ${h}A${r} ${r} 0 0 1 ${r * 0.75} ${h * 0.42}` +
    `A${r * 1.1} ${r * 1.1} 0 0 1 ${w * 0.3} ${h * 0.14}` +
    `A${w * 0.24} ${h * 0.42} 0 0 1 ${w * 0.72} ${h * 0.14}` +
    `A${r * 1.1} ${r * 1.1} 0 0 1 ${w - r * 0.75} ${h * 0.42}A${r} ${r} 0 0 1 ${w - r} ${h}Z`
  );
}
