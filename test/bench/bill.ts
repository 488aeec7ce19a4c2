import { pathToFileURL } from 'node:url';
import { billOf } from '../../src/domain/bill.js';
import type { Connection, Part, Plan } from '../../src/domain/model.js';

/** What the bill of a large plan costs, one core: run with `node dist/test/bench/bill.js` after a build. */
export function main(): void {
  const rows = [
    measure({ parts: 1_000, connections: 5_000 }, 15, 50),
    measure({ parts: 10_000, connections: 50_000 }, 5, 1_000),
    measure({ parts: 1_000, connections: 5_000, isAllHard: true }, 5),
    measure({ parts: 1_000, connections: 5_000, entries: 100 }, 5),
  ];
  // biome-ignore lint/suspicious/noConsole: a table on the console is what this script is for.
  console.table(rows);
}

/** How large a plan is; as it is usual a fifth of the connections are hard, and there are ten entries. */
type Size = { parts: number; connections: number; isAllHard?: boolean; entries?: number };

function measure(size: Size, rounds: number, budgetMs?: number) {
  const plan = largePlan(size);
  const bill = billOf(plan);
  for (let warmUp = 0; warmUp < rounds; warmUp++) billOf(plan);
  const milliseconds = Array.from({ length: rounds }, () => {
    const start = performance.now();
    billOf(plan);
    return performance.now() - start;
  }).sort((a, b) => a - b);
  const closures = bill.entries.map((entry) => entry.closure.length);
  return {
    parts: size.parts,
    connections: size.connections,
    hard: bill.connections.hard,
    containers: bill.containers.value,
    machines: bill.machines.value,
    entries: bill.entries.length,
    'largest closure': Math.max(...closures),
    'entries exact': bill.entries.filter((entry) => entry.method === 'exact').length,
    'median ms': Number(milliseconds[Math.floor(rounds / 2)]!.toFixed(1)),
    'slowest ms': Number(milliseconds.at(-1)!.toFixed(1)),
    'budget ms': budgetMs ?? 'none',
  };
}

/** A plan of any size, always the same: layers of services with one to five replicas, a tenth of the parts managed. */
export function largePlan({
  parts: partCount,
  connections: connectionCount,
  isAllHard,
  entries: entryCount = 10,
}: Size): Plan {
  const random = numbers(partCount);
  const pick = (count: number) => Math.floor(random() * count);
  const parts = Array.from({ length: partCount }, (_, index): Part => {
    const isManaged = pick(10) === 0;
    const replicas = 1 + pick(5);
    return {
      name: `part-${String(index).padStart(5, '0')}`,
      kind: isManaged ? 'database' : 'service',
      replicas: isManaged ? 1 : replicas,
      needed: replicas > 3 && !isManaged ? 2 : 1,
      cpuMillicores: 50 + 25 * pick(20),
      memoryMib: 64 + 32 * pick(40),
      runs: isManaged ? 'managed' : 'machine',
      perMachine: false,
      spread: pick(2) === 0,
      availability: 0.9995,
      usdPerMonth: isManaged ? 15 : null,
      technology: null,
    };
  });
  parts.push(agent());
  const connections = Array.from({ length: connectionCount }, (): Connection => {
    const from = pick(partCount - 1);
    const to = from + 1 + pick(Math.min(500, partCount - from - 1));
    return {
      from: parts[from]!.name,
      to: parts[to]!.name,
      strength: pick(5) === 0 || isAllHard ? 'hard' : 'soft',
    };
  });
  const entries = Array.from({ length: entryCount }, (_, index) => ({
    name: `entry ${index}`,
    parts: Array.from({ length: 8 }, () => parts[pick(Math.ceil(partCount / 4))]!.name),
  }));
  return {
    name: `${partCount} parts`,
    machineType: {
      name: 'm6i.xlarge',
      cpuMillicores: 4_000,
      memoryMib: 16_384,
      reserve: 'gke',
      maxContainers: 58,
      usdPerMonth: 140.16,
      availability: 0.995,
    },
    parts,
    connections,
    entries,
    extraCosts: [{ label: 'traffic', usdPerMonth: null }],
  };
}

function agent(): Part {
  return {
    name: 'node-agent',
    kind: 'platform',
    replicas: 1,
    needed: 0,
    cpuMillicores: 100,
    memoryMib: 100,
    runs: 'machine',
    perMachine: true,
    spread: false,
    availability: 0.9995,
    usdPerMonth: null,
    technology: null,
  };
}

/** Numbers in [0, 1), always the same for one seed: a linear congruential generator (Numerical Recipes). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) main();
