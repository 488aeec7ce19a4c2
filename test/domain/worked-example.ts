import type { Connection, MachineType, Part, PartKind, Plan } from '../../src/domain/model.js';
import goldenFile from './golden.json' with { type: 'json' };

/** Test vectors in exact arithmetic, made independently of this code. */
export const golden = goldenFile.vectors;

const example = golden.workedExample;

/** The machines of the worked example: two cores, 8 GiB, EC2's instance-level promise, on-demand price for 730 hours. */
export const m6iLarge: MachineType = {
  name: 'm6i.large',
  cpuMillicores: 2_000,
  memoryMib: 8_192,
  reserve: 'gke',
  maxContainers: 110,
  usdPerMonth: 70.08,
  availability: 0.995,
};

/** A load balancer's hours: 0.0225 USD x 730. */
const LOAD_BALANCER_USD_PER_MONTH = 16.425;

/** "It's the future": 12 services, 50 containers, 8 machines. */
export const itsTheFuture: Plan = {
  name: "It's the future",
  machineType: m6iLarge,
  parts: Object.entries(example.parts).map(([name, part]): Part => {
    const isManaged = part.kind === 'managed';
    const isPerMachine = part.kind === 'daemon';
    return {
      name,
      kind: kindOf(name),
      replicas: part.n,
      needed: part.k,
      cpuMillicores: isManaged ? null : part.cpu,
      memoryMib: isManaged ? null : part.mem,
      runs: isManaged ? 'managed' : 'machine',
      perMachine: isPerMachine,
      spread: !isManaged && !isPerMachine,
      availability: part.a,
      usdPerMonth: isManaged ? LOAD_BALANCER_USD_PER_MONTH : null,
      technology: null,
    };
  }),
  connections: connectionsFrom(example.edges),
  entries: Object.entries(example.entries).map(([name, parts]) => ({ name, parts })),
  extraCosts: example.costLines.slice(2).map(({ line, usd }) => ({ label: line, usdPerMonth: usd })),
};

/** Connections from [from, to, strength] triples. */
export function connectionsFrom(edges: readonly string[][]): Connection[] {
  return edges.map(([from, to, strength]) => ({
    from: from!,
    to: to!,
    strength: strength === 'hard' ? 'hard' : 'soft',
  }));
}

function kindOf(name: string): PartKind {
  if (name.startsWith('lb-')) return 'load-balancer';
  if (name === 'postgres') return 'database';
  if (name === 'coredns' || name === 'kube-router') return 'platform';
  if (name === 'etcd' || name.startsWith('kube-')) return 'cluster-control';
  return 'service';
}

/** A part that needs saying only what a test is about: one replica on a machine, never down, asking for nothing. */
export function partNamed(name: string, given: Partial<Part> = {}): Part {
  return {
    name,
    kind: 'service',
    replicas: 1,
    needed: 1,
    cpuMillicores: 0,
    memoryMib: 0,
    runs: 'machine',
    perMachine: false,
    spread: false,
    availability: 1,
    usdPerMonth: null,
    technology: null,
    ...given,
  };
}

/** A plan of the parts given, with whatever else a test is about. */
export function planOf(parts: Part[], given: Partial<Plan> = {}): Plan {
  return { name: 'plan', machineType: null, parts, connections: [], entries: [], extraCosts: [], ...given };
}

/** A machine that keeps nothing for itself and never fails. */
export function machineOf(
  cpuMillicores: number,
  memoryMib: number,
  given: Partial<MachineType> = {},
): MachineType {
  return {
    name: 'machine',
    cpuMillicores,
    memoryMib,
    reserve: 'none',
    maxContainers: 110,
    usdPerMonth: 10,
    availability: 1,
    ...given,
  };
}
