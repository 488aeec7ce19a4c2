import type { Entry, Part, PartKind } from '../../domain/model.js';
import type { ImportOptions } from '../model.js';
import { placeOf } from '../reading/places.js';
import { type Remarks, remark } from '../reading/remarks.js';
import { guessTechnology, isStoreKind, technologyOfImage } from '../reading/technology.js';
import { quorumOf, type Technology } from '../reading/technology-names.js';
import { jobEvidence } from './jobs.js';
import type { Service } from './service.js';

/** The part a service becomes. What is guessed or assumed of it is remarked. */
export function partOf(
  service: Service,
  awaited: ReadonlySet<string>,
  portsCalled: ReadonlySet<number>,
  isOpen: boolean,
  options: ImportOptions,
  remarks: Remarks,
): Part {
  const { name, replicas, place } = service;
  const job = jobEvidence(service, awaited);
  if (job?.isCertain) remark(remarks, 'read', `Jobs, since ${job.why}`, name, place);
  else if (job) remark(remarks, 'guessed', `Jobs, judged by ${job.why}`, name, place);
  // A job may borrow a store's image and keeps nothing.
  const technology = job ? null : technologyOf(service, portsCalled, remarks);
  if (options.assumedAvailability !== undefined)
    remark(
      remarks,
      'assumed',
      `An availability of ${Number((options.assumedAvailability * 100).toFixed(6))} % was taken for each copy of every part.`,
    );
  if (service.perMachine) remark(remarks, 'read', 'One on every machine (mode: global)', name, place);
  return {
    name,
    kind: job ? 'job' : kindOf(service, technology, isOpen),
    replicas,
    needed: job ? Math.min(1, replicas) : neededOf(service, technology, remarks),
    cpuMillicores: service.cpuMillicores,
    memoryMib: service.memoryMib,
    runs: 'provider' in service.values ? 'external' : 'machine',
    perMachine: service.perMachine,
    spread: service.spread,
    availability: options.assumedAvailability ?? null,
    usdPerMonth: null,
    technology: technology?.name ?? null,
  };
}

function technologyOf(
  service: Service,
  portsCalled: ReadonlySet<number>,
  remarks: Remarks,
): Technology | null {
  const { name, image, environment, innerPorts, place } = service;
  const said = technologyOfImage(image);
  if (said) return said;
  const ports = [...innerPorts, ...portsCalled];
  const guess = guessTechnology({ name, image, variables: environment.keys(), ports });
  if (guess) remark(remarks, 'guessed', `${guess.name}, judged by ${guess.evidence}`, name, place);
  return guess;
}

function kindOf({ name, values }: Service, technology: Technology | null, isOpen: boolean): PartKind {
  if (technology) return technology.kind;
  if ('provider' in values) return 'external';
  if (/(?:^|[^a-z])(?:workers?|scheduler|consumer|celery|sidekiq|beat|cron)$/i.test(name)) return 'worker';
  return isOpen ? 'web' : 'service';
}

/** One copy is taken to carry the load, but a store that votes needs the majority of its members. */
function neededOf(
  { name, replicas, values, place }: Service,
  technology: Technology | null,
  remarks: Remarks,
): number {
  const quorum = quorumOf(technology?.name ?? null, replicas);
  if (quorum !== null) {
    remark(remarks, 'assumed', 'The majority of the copies must be up', name, place);
    return quorum;
  }
  const message = 'One copy alone was taken to carry the load (needed: 1)';
  if (replicas > 1)
    remark(remarks, 'assumed', message, name, placeOf(values, 'deploy') ?? placeOf(values, 'scale') ?? place);
  return Math.min(1, replicas);
}

/**
 * Which services are open to the outside: those that publish a port, not only on the machine itself. Where one that is no store or
 * tool has a fixed port, a port that Docker picks anew at each start is for the developer, and does not count.
 */
export function openServices(services: readonly Service[]): Set<string> {
  const published = services.filter(({ ports }) => ports.some(({ isLocal }) => !isLocal));
  const fixed = published.filter(({ ports }) => ports.some(({ isLocal, isFixed }) => !isLocal && isFixed));
  const isForUsers = ({ image }: Service) => {
    const kind = technologyOfImage(image)?.kind;
    return kind === undefined || kind === 'web' || kind === 'load-balancer';
  };
  return new Set((fixed.some(isForUsers) ? fixed : published).map(({ name }) => name));
}

/** An entry for each open part. Stores and tools that are open too are so for the team; they count only where nothing else is. */
export function entriesOf(
  services: readonly Service[],
  parts: readonly Part[],
  openNames: ReadonlySet<string>,
  remarks: Remarks,
): Entry[] {
  const open = parts.filter(
    ({ name, kind, replicas }) => openNames.has(name) && kind !== 'job' && replicas > 0,
  );
  const forUsers = open.filter(
    ({ kind }) => !isStoreKind(kind) && kind !== 'platform' && kind !== 'cluster-control',
  );
  const tools = open.filter(({ kind }) => kind === 'platform');
  const chosen = [forUsers, tools, open].find((each) => each.length > 0) ?? [];
  const valuesOf = new Map(services.map(({ name, values }) => [name, values]));
  for (const { name } of chosen)
    remark(
      remarks,
      'guessed',
      'What users do first (an entry), from the ports that are published',
      name,
      placeOf(valuesOf.get(name) ?? {}, 'ports'),
    );
  return chosen.map(({ name }) => ({ name, parts: [name] }));
}
