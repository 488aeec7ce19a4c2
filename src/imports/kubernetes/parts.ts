import type { Part } from '../../domain/model.js';
import type { Note } from '../model.js';
import { counted, listed } from '../reading/words.js';
import type { ClusterRole } from './cluster.js';
import { kindOf } from './kind.js';
import type { KubernetesObject } from './object.js';
import { neededReplicas, type Replicas } from './replicas.js';
import { type SpreadReason, spreadReason } from './spread.js';
import type { Workload } from './workloads.js';

export type PartRead = { workload: Workload; part: Part; role: ClusterRole | null; notes: Note[] };

export type Circumstances = {
  name: string;
  isOpen: boolean;
  isServed: boolean;
  budgets: readonly KubernetesObject[];
  assumedAvailability: number | null;
};

/** The part a workload is, with one line on what was read and one on each thing that was concluded rather than read. */
export function partOf(workload: Workload, circumstances: Circumstances): PartRead {
  const { pod, perMachine, isJob, replicas, file, line } = workload;
  const { name, budgets, assumedAvailability } = circumstances;
  const kind = kindOf({ ...workload, ...circumstances, name: workload.name, objectKind: workload.kind });
  const n = replicas.count;
  const needed = neededReplicas(perMachine ? 1 : n, kind.technology, workload.namespace, pod.labels, budgets);
  const spread = perMachine || isJob ? null : spreadReason(pod);
  const containers = pod.containers.filter(({ role }) => role !== 'init').length;
  const part: Part = {
    name,
    kind: kind.kind,
    replicas: n,
    needed: needed.count,
    cpuMillicores: pod.cpu.amount,
    memoryMib: pod.memory.amount,
    runs: 'machine',
    perMachine,
    spread: spread !== null,
    availability: assumedAvailability,
    usdPerMonth: null,
    technology: kind.technology,
    ...(containers > 1 && { containersPerReplica: containers }),
  };

  const notes: Note[] = [];
  const note = (kind: Note['kind'], message: string) => notes.push({ kind, message, part: name, file, line });
  note('read', `${workload.title}: ${inWords(workload, containers)}.`);
  if (kind.evidence !== null) {
    note('guessed', `${name} was taken for ${kind.technology ?? `a ${kind.kind}`}, by ${kind.evidence}.`);
  }
  if (needed.reason !== null && n > 1) {
    note('guessed', `${name}: ${needed.count} of ${n} needed, since ${needed.reason}.`);
  }
  if (spread !== null && spread !== 'anti-affinity' && n > 1)
    note('guessed', `${name}: ${SPREAD_IN_WORDS[spread]}`);
  for (const [resource, { silent }] of [
    ['cpu', pod.cpu],
    ['memory', pod.memory],
  ] as const) {
    if (silent.length === 0) continue;
    note(
      'warning',
      `${name}: no ${resource} request for ${listed(silent)}, taken as 0 beside the other containers.`,
    );
  }
  return { workload, part, role: kind.role, notes };
}

const SPREAD_IN_WORDS: Record<Exclude<SpreadReason, 'anti-affinity'>, string> = {
  'host port': 'it takes a port of its machine, so its copies stand on different ones.',
  'topology spread':
    'its topology spread constraint levels the copies out over the machines; taken as "on different machines", which is a little stricter.',
};

function inWords({ kind, pod, replicas, perMachine, isJob }: Workload, containers: number): string {
  const cpu = pod.cpu.amount === null ? 'no cpu request' : `${pod.cpu.amount} m`;
  const memory = pod.memory.amount === null ? 'no memory request' : `${pod.memory.amount} MiB`;
  const count = isJob
    ? 'runs and ends, 0 in steady state'
    : perMachine
      ? 'one on every machine'
      : copiesInWords(kind, replicas);
  return `${count}; ${counted(containers, 'container')}, ${cpu}, ${memory}`;
}

function copiesInWords(kind: string, { count, basis, autoscaler }: Replicas): string {
  if (kind === 'Pod') return '1 pod';
  if (basis === 'autoscaler')
    return `${count} of ${count}..${autoscaler?.max ?? '?'} replicas, the autoscaler's minimum`;
  if (basis === 'switched off') return 'switched off, 0 replicas';
  return `${counted(count, 'replica')}${basis === 'default' ? ', the default' : ''}`;
}
