import { orderLayers } from './diagram-order.js';

/** A picture's graph by number: nodes 0..count-1 in plan order, links between them. Nothing here knows what a part is. */
export type Graph = {
  count: number;
  links: { from: number; to: number; bundle: string }[];
  /** Stays in the top row whatever calls it. */
  isTop: boolean[];
  /** Belongs in the bottom row if it calls nothing. */
  isStore: boolean[];
};

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
  const upward = upwardLinks(graph);
  const links = graph.links.map((link, i) =>
    upward[i] ? { ...link, from: link.to, to: link.from, bundle: `${i}` } : link,
  );
  const layer = splitWideLayers(depthOf(graph, links), graph, links, perLayer);
  return orderedStops(links, upward, layer);
}

/** Links that close a circle, found from the first node on: they are drawn upward and count the other way round for the layers. */
function upwardLinks(graph: Graph): boolean[] {
  const outgoing: number[][] = Array.from({ length: graph.count }, () => []);
  for (const [i, link] of graph.links.entries()) outgoing[link.from]!.push(i);
  const isUpward = graph.links.map(() => false);
  const state = new Uint8Array(graph.count); // 1 = on the way, 2 = done
  for (let root = 0; root < graph.count; root++) {
    if (state[root]) continue;
    const path = [{ node: root, next: 0 }];
    state[root] = 1;
    while (path.length > 0) {
      const here = path.at(-1)!;
      const i = outgoing[here.node]![here.next++];
      if (i === undefined) {
        state[here.node] = 2;
        path.pop();
        continue;
      }
      const to = graph.links[i]!.to;
      if (state[to] === 1) isUpward[i] = true;
      else if (state[to] === 0) {
        state[to] = 1;
        path.push({ node: to, next: 0 });
      }
    }
  }
  return isUpward;
}

type Link = Graph['links'][number];

/**
 * Longest way from the top. What hangs free above (parts nobody calls, and chains of parts that only those call) comes down to what
 * it shares with others; stores that call nothing go to the bottom.
 */
function depthOf(graph: Graph, links: Link[]): number[] {
  const callers = counted(graph.count, links, (link) => link.to);
  const outgoing: number[][] = Array.from({ length: graph.count }, () => []);
  for (const link of links) outgoing[link.from]!.push(link.to);
  const order = topologicalOrder(outgoing, callers);

  const hasTop = graph.isTop.some(Boolean);
  const top: number[] = graph.isTop.map((isTop) => (hasTop && !isTop ? 1 : 0));
  const first = longestWays(top, outgoing, order);
  const isFree = graph.isTop.map((isTop, node) => !isTop && callers[node] === 0);
  for (const node of order)
    for (const to of outgoing[node]!) if (callers[to] === 1) isFree[to] = isFree[node]!;
  const latest = [...first];
  for (const node of [...order].reverse()) {
    if (!isFree[node]) continue;
    latest[node] = Math.min(Number.POSITIVE_INFINITY, ...outgoing[node]!.map((to) => latest[to]! - 1));
  }
  const lowered = latest.map((depth, node) => (isFree[node] && Number.isFinite(depth) ? depth : top[node]!));

  const depth = longestWays(lowered, outgoing, order);
  const bottom = Math.max(0, ...depth);
  return depth.map((own, node) => {
    const isEnd = outgoing[node]!.length === 0 && callers[node]! > 0;
    return graph.isStore[node] && isEnd ? bottom : own;
  });
}

/** Every node after all that link to it. The links must be free of circles. */
function topologicalOrder(outgoing: number[][], callers: number[]): number[] {
  const waiting = [...callers];
  const order = waiting.flatMap((count, node) => (count === 0 ? [node] : []));
  for (const node of order) {
    for (const to of outgoing[node]!) {
      waiting[to]!--;
      if (waiting[to] === 0) order.push(to);
    }
  }
  return order;
}

/** For each node the longest way to it, counted from where each node stands at least. */
function longestWays(least: number[], outgoing: number[][], order: number[]): number[] {
  const depth = [...least];
  for (const node of order)
    for (const to of outgoing[node]!) depth[to] = Math.max(depth[to]!, depth[node]! + 1);
  return depth;
}

function counted(count: number, links: Link[], end: (link: Link) => number): number[] {
  const counts: number[] = Array(count).fill(0);
  for (const link of links) counts[end(link)]!++;
  return counts;
}

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
