import { ORIGINS, PART_KINDS, RESERVE_RULES, RUNS, STRENGTHS } from '../../domain/model.js';

const KINDS = vocabulary(PART_KINDS, {
  web: ['website', 'web server', 'web app', 'web process', 'frontend'],
  service: ['app', 'application', 'api', 'microservice', 'backend', 'server'],
  worker: ['background worker', 'consumer', 'clock'],
  job: ['cron', 'cron job', 'task', 'batch', 'one-shot', 'migration'],
  database: ['db', 'data store', 'store', 'sql'],
  cache: ['kv', 'key-value store'],
  queue: ['message queue', 'mq', 'broker', 'message broker', 'stream', 'event bus', 'bus'],
  'load-balancer': ['lb', 'ingress', 'proxy', 'reverse proxy', 'router'],
  'cluster-control': ['control plane', 'cluster', 'orchestrator', 'master'],
  platform: [
    'daemon',
    'daemon set',
    'agent',
    'node agent',
    'infrastructure',
    'infra',
    'monitoring',
    'logging',
  ],
  external: ['external service', 'external system', 'external api', 'third party', 'saas'],
});
const RUNS_WORDS = vocabulary(RUNS, {
  machine: ['machines', 'self', 'self-run', 'self-hosted', 'vm', 'node'],
  managed: ['provider', 'paas', 'hosted'],
  external: ['third party', 'outside'],
});
const STRENGTH_WORDS = vocabulary(STRENGTHS, { hard: ['required', 'strong'], soft: ['optional', 'weak'] });
const RESERVE_WORDS = vocabulary(RESERVE_RULES, { none: [], gke: [], eks: [] });
const ORIGIN_WORDS = vocabulary(ORIGINS, { stated: [], guessed: [], drawn: [] });

/** A word of a plan in another spelling (`loadBalancer`, `GKE`) or by a common other name (`lb`, `cron`). */
export type Reworded = { path: (string | number)[]; from: string; to: string; isSynonym: boolean };

/**
 * Replaces, inside a parsed but unchecked plan, the words people write for kinds, runs, strengths, origins and reserve rules by the
 * plan's own, and tells which. What is no word known here stays as it is, for the check that follows to complain about.
 */
export function rewordPlan(plan: unknown): Reworded[] {
  const reworded: Reworded[] = [];
  if (!isObject(plan)) return reworded;
  reword(plan.machineType, 'reserve', RESERVE_WORDS, ['machineType']);
  eachOf(plan.parts, 'parts', (part, path) => {
    reword(part, 'kind', KINDS, path);
    reword(part, 'runs', RUNS_WORDS, path);
  });
  eachOf(plan.connections, 'connections', (connection, path) => {
    reword(connection, 'strength', STRENGTH_WORDS, path);
    reword(connection, 'origin', ORIGIN_WORDS, path);
  });
  return reworded;

  function reword(holder: unknown, key: string, words: Vocabulary, path: (string | number)[]): void {
    const from = isObject(holder) ? holder[key] : undefined;
    if (typeof from !== 'string') return;
    const to = words.get(squash(from));
    if (to === undefined || to === from) return;
    (holder as Record<string, unknown>)[key] = to;
    reworded.push({ path: [...path, key], from, to, isSynonym: squash(from) !== squash(to) });
  }
}

type Vocabulary = ReadonlyMap<string, string>;

function vocabulary<Word extends string>(
  words: readonly Word[],
  synonyms: Record<Word, string[]>,
): Vocabulary {
  return new Map(
    words.flatMap((word) => [word, ...synonyms[word]].map((name) => [squash(name), word] as const)),
  );
}

/** `Load Balancer`, `load_balancer` and `loadBalancer` are one word. */
function squash(word: string): string {
  return word.toLowerCase().replace(/[\s_-]+/g, '');
}

function eachOf(list: unknown, key: string, visit: (item: unknown, path: (string | number)[]) => void): void {
  if (Array.isArray(list)) for (const [index, item] of list.entries()) visit(item, [key, index]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
