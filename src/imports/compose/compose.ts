import type { Plan } from '../../domain/model.js';
import type { Fault, Note, Reader } from '../model.js';
import { deadEnds } from '../reading/dead-ends.js';
import { placeOf } from '../reading/places.js';
import { notesOf, type Remarks, remark } from '../reading/remarks.js';
import { asText, listAt } from '../reading/values.js';
import { counted, listed } from '../reading/words.js';
import { connect } from './connections.js';
import { entriesOf, openServices, partOf } from './parts.js';
import { type Project, readProject } from './project.js';
import { routeNotes } from './routes.js';
import { readService, type Service } from './service.js';

const MAX_FAULTS = 20;

/**
 * Reads the Compose files of one deployment (the Compose Specification, and versions 1 to 3 before it) as the plan that
 * `docker compose up` starts: a part for each service that no profile leaves out, jobs among them.
 */
export const readCompose: Reader = (files, options) => {
  const remarks: Remarks = new Map();
  const faults: Fault[] = [];
  const project = readProject(files, remarks, faults);
  const { active, leftOut } = byProfile(project, remarks, faults);
  const services = active.map((name) => readService(name, project, remarks, faults));
  for (const service of services) checkOrigin(service, project, remarks, faults);
  const { connections, awaited, portsCalled } = connect(services, leftOut, remarks, faults);
  if (faults.length > 0) return { ok: false, faults: faults.slice(0, MAX_FAULTS), report: notesOf(remarks) };

  const open = openServices(services);
  const parts = services.map((service) => {
    const ports = portsCalled.get(service.name) ?? new Set();
    return partOf(service, awaited, ports, open.has(service.name), options, remarks);
  });
  const plan: Plan = {
    name: options.planName ?? project.name ?? nameOfFolder(project.filesRead[0]?.name ?? ''),
    machineType: null,
    parts,
    connections,
    entries: entriesOf(services, parts, open, remarks),
    extraCosts: [],
  };
  remarkSections(project, remarks);
  return {
    ok: true,
    format: 'compose',
    plan,
    report: [
      summary(plan, project),
      ...notesOf(remarks, (name) => project.services.has(name)),
      ...routeNotes(services, plan),
      ...deadEnds(plan, (part) => placeOf(project.services.get(part) ?? {}, 'ports')),
    ],
  };
};

/** Services without profiles always start, others when COMPOSE_PROFILES names one of theirs, or `*` (compose-spec, "Profiles"). */
function byProfile(
  project: Project,
  remarks: Remarks,
  faults: Fault[],
): { active: string[]; leftOut: Set<string> } {
  const on = new Set((project.variables.get('COMPOSE_PROFILES') ?? '').split(',').map((name) => name.trim()));
  const active: string[] = [];
  const leftOut = new Set<string>();
  for (const [name, service] of project.services) {
    const profiles = listAt(service, 'profiles', `services.${name}`, faults).flatMap(
      (each) => asText(each) ?? [],
    );
    if (profiles.length === 0 || on.has('*') || profiles.some((profile) => on.has(profile)))
      active.push(name);
    else {
      leftOut.add(name);
      remark(
        remarks,
        'skipped',
        'Not started, since none of their profiles is on (COMPOSE_PROFILES in .env)',
        `${name} (${profiles.slice(0, 3).join(', ')})`,
        placeOf(service, 'profiles'),
      );
    }
  }
  return { active, leftOut };
}

/** An overlay given without its base has services that say neither what image they run nor how it is built. */
function checkOrigin(
  { name, values, place }: Service,
  project: Project,
  remarks: Remarks,
  faults: Fault[],
): void {
  const isBuilt = values.build !== undefined && values.build !== null;
  if (isBuilt && values.image === undefined)
    remark(
      remarks,
      'read',
      'Built from source, so that no image tells their technology',
      name,
      placeOf(values, 'build'),
    );
  if (isBuilt || 'image' in values || 'provider' in values || project.incomplete.has(name)) return;
  const message = `services.${name} has neither an image nor a build. If this file is laid over another one, give that one first.`;
  faults.push({
    message,
    file: place?.file ?? project.files[0]?.name ?? '',
    line: place?.line,
    column: place?.column,
  });
}

/** What stands beside the services and is no part. */
function remarkSections({ sections }: Project, remarks: Remarks): void {
  for (const [section, contents] of sections)
    for (const name of Object.keys(contents))
      remark(remarks, 'skipped', `Not counted, being no parts: ${section}`, name, placeOf(contents, name));
}

function summary({ parts, connections }: Plan, { filesRead, services }: Project): Note {
  const stated = connections.filter(({ origin }) => origin === 'stated').length;
  const guessed = connections.length - stated;
  const jobs = parts.filter(({ kind }) => kind === 'job').length;
  const counts = [
    counted(parts.length, 'part') + (jobs > 0 ? ` (${counted(jobs, 'job')} among them)` : ''),
    ...(stated > 0 ? [counted(stated, 'stated connection')] : []),
    ...(guessed > 0 ? [`${counted(guessed, 'connection')} guessed from variables`] : []),
  ];
  const lack =
    parts.length === 0
      ? ` ${services.size === 0 ? 'There are no services here.' : 'No service starts without a profile.'}`
      : parts.length > 1 && connections.length === 0
        ? ' These files do not say who calls whom: draw the connections.'
        : '';
  return {
    kind: lack === '' ? 'read' : 'warning',
    message: `Compose, from ${listed(filesRead.map(({ name }) => name || 'pasted text'))}: ${counts.join(', ')}.${lack}`,
    file: filesRead[0]?.name ?? '',
  };
}

function nameOfFolder(file: string): string {
  return file.split('/').at(-2) ?? 'Compose plan';
}
