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
 * within them, in any order here, are found below.
 */
export function depthsOf({ count, links, isTop, isStore }: Graph): number[] {
  const layout = new DagreGraph<GraphLabel, NodeLabel, EdgeLabel>();
  layout.setGraph({ ranker: 'network-simplex' });
  layout.setDefaultNodeLabel(() => ({ width: 0, height: 0 }));
  layout.setNodes(['top', ...Array.from({ length: count }, (_, node) => `${node}`), 'bottom']);
  const isCalled = new Set(links.map(({ to }) => to));
  const calls = new Set(links.map(({ from }) => from));
  const highest = isTop.some(Boolean) ? 2 : 1;
  for (let node = 0; node < count; node++) {
    const isEnd = isStore[node] && isCalled.has(node);
    if (isTop[node]) layout.setEdge('top', `${node}`, { weight: FIXED });
    else if (!isCalled.has(node)) layout.setEdge('top', `${node}`, { weight: 0, minlen: highest });
    if (!calls.has(node)) layout.setEdge(`${node}`, 'bottom', { weight: isEnd ? FIXED : 0 });
  }
  for (const { from, to } of links) layout.setEdge(`${from}`, `${to}`, {});
  const ways = graphlib.alg.dijkstra(layout, 'top', (link: Edge) => layout.edge(link).minlen ?? 1);
  for (const { from, to } of links) {
    const weight = LINK - Math.min(ways[from]!.distance, count);
    layout.setEdge(`${from}`, `${to}`, { weight });
  }
  layOut(layout, { customOrder: inAnyOrder });
  const ranks = Array.from({ length: count }, (_, node) => layout.node(`${node}`).rank!);
  const used = [...new Set(ranks)].sort((a, b) => a - b);
  return ranks.map((rank) => used.indexOf(rank));
}

function inAnyOrder(layout: DagreGraph<GraphLabel, NodeLabel>): void {
  const next: number[] = [];
  for (const name of layout.nodes()) {
    const node = layout.node(name);
    node.order = next[node.rank!] ?? 0;
    next[node.rank!] = node.order + 1;
  }
}
