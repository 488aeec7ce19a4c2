import { depthsOf, type Graph } from './diagram-depths.js';
import { orderLayers } from './diagram-order.js';

/**
 * A point a link passes through: a node of the graph, or (`node` null) a bend that many links may share, so that twelve lines to
 * one part run as one trunk and not as twelve.
 */
export type Stop = { node: number | null; layer: number };

/** Layers from top to bottom, each from left to right, and for each link the stops it runs through, always downward. */
export type Layering = {
  stops: Stop[];
  layers: number[][];
  /** Pairs of stops in neighbouring layers, each once; `links` counts the links that share it. */
  segments: { upper: number; lower: number; links: number }[];
  routes: { stops: number[]; isUpward: boolean; endsShared: boolean }[];
};

/**
 * Layers a graph: callers above what they call, at most `perLayer` nodes side by side, long links bundled into trunks, the order
 * within a layer chosen for few crossings. Deterministic; depends on the numbering only where the links leave a choice, and a node
 * with a single link moves no other node out of its order.
 */
export function layersOf(graph: Graph, perLayer: number): Layering {
  const depth = depthsOf(graph);
  const upward = graph.links.map(({ from, to }) => depth[from]! >= depth[to]!);
  const links = graph.links.map((link, i) =>
    upward[i] ? { ...link, from: link.to, to: link.from, bundle: `${i}` } : link,
  );
  return orderedStops(links, upward, splitWideLayers(depth, graph, links, perLayer));
}

type Link = Graph['links'][number];

/** A layer of 40 becomes five rows of 8, nodes with the same caller side by side. */
function splitWideLayers(depth: number[], graph: Graph, links: Link[], perLayer: number): number[] {
  const { stops, layers } = orderedStops(
    links,
    links.map(() => false),
    depth,
  );
  const layer: number[] = Array(graph.count).fill(0);
  let next = 0;
  for (const row of layers) {
    const nodes = row.flatMap((stop) => stops[stop]!.node ?? []);
    const rows = Math.ceil(nodes.length / perLayer);
    nodes.forEach((node, i) => {
      layer[node] = next + Math.floor((i * rows) / nodes.length);
    });
    next += rows;
  }
  return layer;
}

function orderedStops(links: Link[], upward: boolean[], layer: number[]): Layering {
  const routed = routesOf(links, layer);
  const last = routed.stops.reduce((deepest, stop) => Math.max(deepest, stop.layer), 0);
  const layers: number[][] = Array.from({ length: last + 1 }, () => []);
  for (const [i, stop] of routed.stops.entries()) layers[stop.layer]!.push(i);
  const seen = new Map<string, Layering['segments'][number]>();
  for (const { stops } of routed.routes) {
    for (let i = 1; i < stops.length; i++) {
      const key = `${stops[i - 1]}>${stops[i]}`;
      const known = seen.get(key);
      if (known) known.links++;
      else seen.set(key, { upper: stops[i - 1]!, lower: stops[i]!, links: 1 });
    }
  }
  const segments = [...seen.values()];
  return {
    stops: routed.stops,
    layers: orderLayers(layers, routed.stops, segments),
    segments,
    routes: routed.routes.map((route, i) => ({ ...route, isUpward: upward[i]! })),
  };
}

/** Long links share their bends with the other long links of the same bundle at the end that has more of them. */
function routesOf(links: Link[], layer: number[]) {
  const stops: Stop[] = layer.map((at, node) => ({ node, layer: at }));
  const ends = links.map((link) => ({
    to: `${link.bundle} to ${link.to}`,
    from: `${link.bundle} from ${link.from}`,
  }));
  const users = new Map<string, number>();
  links.forEach((link, i) => {
    if (layer[link.to]! - layer[link.from]! < 2) return;
    for (const key of [ends[i]!.to, ends[i]!.from]) users.set(key, (users.get(key) ?? 0) + 1);
  });
  const bends = new Map<string, number>();
  const bend = (key: string, at: number): number => {
    const known = bends.get(`${key}@${at}`);
    if (known !== undefined) return known;
    stops.push({ node: null, layer: at });
    bends.set(`${key}@${at}`, stops.length - 1);
    return stops.length - 1;
  };
  const routes = links.map((link, i) => {
    const { to, from } = ends[i]!;
    const endsShared = (users.get(to) ?? 0) >= (users.get(from) ?? 0);
    const route = [link.from];
    for (let at = layer[link.from]! + 1; at < layer[link.to]!; at++)
      route.push(bend(endsShared ? to : from, at));
    return { stops: [...route, link.to], endsShared };
  });
  return { stops, routes };
}
