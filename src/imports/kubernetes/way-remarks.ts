import type { Connection } from '../../domain/model.js';
import type { Note } from '../model.js';
import { about, listed } from '../reading/words.js';
import type { Mention, UnknownHosts } from './connections.js';
import type { Opening } from './entries.js';
import { grouped } from './grouped.js';
import type { PartRead } from './parts.js';
import type { Service } from './services.js';
import type { Workload } from './workloads.js';

export type Ways = {
  read: readonly PartRead[];
  services: readonly Service[];
  selected: (service: Service) => Workload[];
  mentions: readonly Mention<Workload>[];
  unknownHosts: UnknownHosts<Workload>;
  isCutShort: boolean;
  open: readonly Opening[];
  connections: readonly Connection[];
};

/** What is to be said of the ways between parts and into the plan: Services, guessed connections, entries. */
export function wayRemarks(ways: Ways): Note[] {
  return [...onServices(ways), ...onConnections(ways), ...onEntries(ways)];
}

function onServices({ services, selected, mentions, open }: Ways): Note[] {
  const mentioned = new Set(mentions.map(({ service }) => service));
  const lost = services.filter((service) => service.externalName === null && selected(service).length === 0);
  const shared = services.filter(
    (service) => selected(service).length > 1 && (mentioned.has(service) || service.isOpen),
  );
  const outside = [...mentioned].filter(({ externalName }) => externalName !== null);
  const byPort = open.filter(({ by }) => by === 'host port');
  return [
    ...about(
      lost,
      'warning',
      'a Service that selects no workload of these files, so that nothing can be connected to it',
    ),
    ...about(
      shared,
      'guessed',
      'a Service of several workloads, each taken as needed; where any one will do, make the connections soft or them one part',
    ),
    ...about(
      outside,
      'guessed',
      'a Service that stands for an outside host: an external part, its price and availability unknown',
    ),
    ...about(byPort, 'guessed', 'takes a port of its machine, so it was taken for a way in'),
  ];
}

function onConnections({ connections, mentions, unknownHosts, isCutShort, read, selected }: Ways): Note[] {
  const notes: Note[] = [];
  const names = new Map(read.map(({ workload, part }) => [workload, part.name]));
  const isOfAnother = ({ from, service }: Mention<Workload>) =>
    service.externalName !== null || selected(service).some((workload) => workload !== from);
  for (const [from, found] of grouped(mentions.filter(isOfAnother), (mention) => mention.from)) {
    const called = found.map(({ service, evidence }) => `${service.name} (${evidence})`);
    const message = `${names.get(from)} names ${listed(called)}.`;
    notes.push({ kind: 'guessed', message, part: names.get(from), file: from.file, line: found[0]?.line });
  }
  if (connections.some(({ origin }) => origin === 'guessed')) {
    const message =
      'Connections were guessed from addresses in environment and arguments, each taken as hard. Check them: a ConfigMap that several share names more than each of them calls.';
    notes.push({ kind: 'guessed', message });
  } else if (read.length > 1) {
    const message =
      'No connection is written in these files, which is common: addresses inside images and mounted files are not seen. Draw them by hand.';
    notes.push({ kind: 'warning', message });
  }
  if (isCutShort) {
    const message =
      'These files set more variables than were looked at: the connections of the last workloads are missing.';
    notes.push({ kind: 'warning', message });
  }
  const first = unknownHosts.values().next().value?.[0];
  if (first) {
    const hosts = [...unknownHosts].map(
      ([host, by]) => `${host} (by ${listed(by.map(({ from }) => from.name))})`,
    );
    const message = `Named, but no Service of these files: ${listed(hosts)}. Add them as external parts if they are called.`;
    notes.push({ kind: 'warning', message, file: first.from.file, line: first.line });
  }
  return notes;
}

function onEntries({ open, read }: Ways): Note[] {
  if (open.length > 0 || read.length === 0) return [];
  const message =
    'Nothing is open to the outside (LoadBalancer, NodePort, Ingress, host port): the plan is told as a whole.';
  return [{ kind: 'assumed', message }];
}
