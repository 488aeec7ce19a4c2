import {
  Graph as DagreGraph,
  type Edge,
  type EdgeLabel,
  type GraphLabel,
  graphlib,
  layout as layOut,
  type NodeLabel,
} from '@dagrejs/dagre';

/** A picture's graph by number: nodes 0..count-1 in plan order, links between them. Nothing here knows what a part is. */
export type Graph = {
  count: number;
  links: { from: number; to: number; bundle: string }[];
  /** Stays in the top row whatever calls it. */
  isTop: boolean[];
  /** Belongs in the bottom row if it calls nothing. */
  isStore: boolean[];
};

/** What a layer of distance costs a link. A link from further up costs a little more, so that of equal layers the higher are taken. */
const LINK = 1000;
/** What it costs a node to leave the top or the bottom: more than all links could gain by it. */
const FIXED = 1_000_000;

/**
 * How far down each node stands, from 0 on without a gap, so that all links together are short: dagre's layers, by the network
 * simplex of Gansner, Koutsofios, North and Vo (IEEE Transactions on Software Engineering 19(3), 1993). Stores that call nothing
 * hang from the bottom. Links that close a circle, found from the first node on, lead upward. Only the layers are taken: the seats
 * within them are found by `orderLayers`.
 */
export function depthsOf({ count, links, isTop, isStore }: Graph): number[] {
  const layout = new DagreGraph<GraphLabel, NodeLabel, EdgeLabel>();
  layout.setGraph({ ranker: 'network-simplex' });
  layout.setDefaultNodeLabel(() => ({ width: 0, height: 0 }));
  layout.setNodes(['top', ...Array.from({ length: count }, (_, node) => `${node}`), 'bottom']);
  const isCalled = new Set(links.map(({ to }) => to));
  const calls = new Set(links.map(({ from }) => from));
  const underTop = { weight: 0, minlen: isTop.some(Boolean) ? 2 : 1 };
  for (let node = 0; node < count; node++) {
    const isEnd = isStore[node] && isCalled.has(node);
    if (isTop[node]) layout.setEdge('top', `${node}`, { weight: FIXED, minlen: 1 });
    else if (!isCalled.has(node)) layout.setEdge('top', `${node}`, underTop);
    if (!calls.has(node)) layout.setEdge(`${node}`, 'bottom', { weight: isEnd ? FIXED : 0, minlen: 1 });
  }
  for (const { from, to } of links) layout.setEdge(`${from}`, `${to}`, { minlen: 1 });
  const ways = graphlib.alg.dijkstra(layout, 'top', (link: Edge) => layout.edge(link).minlen!);
  for (const { from, to } of links) {
    const weight = LINK - Math.min(ways[from]!.distance, count);
    layout.setEdge(`${from}`, `${to}`, { weight, minlen: 1 });
  }
  // A circle that nobody else calls hangs from nothing: it must not rise above the top for what it calls in turn.
  for (let node = 0; node < count; node++)
    if (ways[node]!.distance === Number.POSITIVE_INFINITY) layout.setEdge('top', `${node}`, underTop);
  const ranks = ranksIn(layout, count);
  const used = [...new Set(ranks)].sort((a, b) => a - b);
  return ranks.map((rank) => used.indexOf(rank));
}

/**
 * The layers of the nodes by number. dagre is left once it has them: it would go on to seat a bend in every layer that a link crosses, which
 * for ten entries that call each of a hundred parts in a row took half a minute.
 */
function ranksIn(layout: DagreGraph<GraphLabel, NodeLabel, EdgeLabel>, count: number): number[] {
  const leave = (ranked: typeof layout) => {
    throw new Ranked(Array.from({ length: count }, (_, node) => ranked.node(`${node}`).rank!));
  };
  try {
    layOut(layout, { customOrder: leave });
  } catch (error) {
    if (error instanceof Ranked) return error.ranks;
    throw error;
  }
  throw new Error('dagre came to an end without asking for an order.');
}

class Ranked extends Error {
  constructor(readonly ranks: number[]) {
    super();
  }
}
