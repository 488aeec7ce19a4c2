import type { Layering } from './diagram-layers.js';

const ARROW = 7;

/** A line shorter than this has its mark in the middle: nearer to its card, the card's flag would cover it. */
const SHORT = 37;

/** A stop on the page: its centre, and where a line comes in at the top and goes out at the bottom. */
export type Place = { x: number; top: number; bottom: number };

/** Path data of a line, and the triangle at its end. */
export type Line = { path: string; arrow: string; mark: { x: number; y: number } };

type Piece = { x0: number; y0: number; x1: number; y1: number };

/**
 * The line of one route: straight down past the cards of a layer, in a curve between two layers. `upwardShift` moves a line that
 * runs upward aside, so that it does not lie on the arrows of those that run downward. A dash pattern starts at the end that other
 * lines share, so that it stays a pattern where they run together.
 */
export function lineOf(route: Layering['routes'][number], places: Place[], upwardShift: number): Line {
  const stops = route.stops.map((stop) => places[stop]!);
  const shift = route.isUpward ? upwardShift : 0;
  const last = stops.length - 1;
  const pieces: Piece[] = [];
  stops.forEach((stop, i) => {
    const x = stop.x + (i === 0 || i === last ? shift : 0);
    if (i > 0) {
      const before = pieces.at(-1)!;
      before.x1 = x;
      before.y1 = i === last && !route.isUpward ? stop.top - ARROW + 1 : stop.top;
    }
    if (i > 0 && i < last && stop.bottom > stop.top)
      pieces.push({ x0: x, y0: stop.top, x1: x, y1: stop.bottom });
    if (i < last) {
      const from = i === 0 && route.isUpward ? stop.bottom + ARROW - 1 : stop.bottom;
      pieces.push({ x0: x, y0: from, x1: x, y1: from });
    }
  });
  const end = route.isUpward ? stops[0]! : stops[last]!;
  const tip = end.x + shift;
  const way = route.isUpward ? 1 : -1;
  const y = route.isUpward ? end.bottom : end.top;
  const alone = pieces[route.endsShared ? 0 : pieces.length - 1]!;
  const isShort = Math.abs(alone.y1 - alone.y0) < SHORT;
  return {
    path: pathOf(route.endsShared ? [...pieces].reverse().map(turned) : pieces),
    arrow: `M${tip} ${y}l-3.5 ${way * ARROW}h7Z`,
    mark: pointOn(alone, isShort ? 0.5 : route.endsShared ? 0.35 : 0.65),
  };
}

/** The point a share of the way along a piece; see `pathOf` for its curve. */
function pointOn({ x0, y0, x1, y1 }: Piece, share: number): { x: number; y: number } {
  const [start, bend, end] = [(1 - share) ** 3, 3 * share * (1 - share), share ** 3];
  const along = 3 * share ** 2 - 2 * share ** 3;
  return {
    x: Math.round(x0 + (x1 - x0) * along),
    y: Math.round(start * y0 + (bend * (y0 + y1)) / 2 + end * y1),
  };
}

function turned({ x0, y0, x1, y1 }: Piece): Piece {
  return { x0: x1, y0: y1, x1: x0, y1: y0 };
}

function pathOf(pieces: Piece[]): string {
  return pieces
    .map(({ x0, y0, x1, y1 }, i) => {
      const middle = (y0 + y1) / 2;
      const to = x0 === x1 ? `V${y1}` : `C${x0} ${middle} ${x1} ${middle} ${x1} ${y1}`;
      return i === 0 ? `M${x0} ${y0}${to}` : to;
    })
    .join('');
}
