import { isStoreKind, technologyOfImage } from '../reading/technology.js';
import type { Service } from './service.js';

/** Why a service is taken for a job, which starts and ends: certain where the file says so, else a guess. */
export type JobEvidence = { isCertain: boolean; why: string };

/**
 * Whether a service is a job. Certain: another waits for it to complete, or swarm's mode says so. Guessed: its name, image or last
 * command is that of a migration, a seeding, a set-up, and nothing speaks against it: no ports, no copies, no restart for ever. A
 * restart: "no" alone proves nothing.
 */
export function jobEvidence(service: Service, awaited: ReadonlySet<string>): JobEvidence | null {
  if (awaited.has(service.name)) return { isCertain: true, why: 'others wait until it has completed' };
  if (service.isJobByMode) return { isCertain: true, why: 'its deploy.mode says so' };
  const runsOn = /^(?:always|unless-stopped)$/.test(service.restart);
  if (runsOn || service.perMachine || service.replicas !== 1 || service.ports.length > 0) return null;

  const technology = technologyOfImage(service.image);
  const isServer = technology !== null && isStoreKind(technology.kind) && service.command === '';
  const words = service.name.toLowerCase().split(/[^a-z0-9]+/);
  if (!isServer && (JOB_NOUN.test(words.at(-1) ?? '') || JOB_VERB.test(words[0] ?? '')))
    return { isCertain: false, why: 'its name' };
  if (JOB_IMAGE.test(service.image)) return { isCertain: false, why: 'its image' };
  const last = service.command
    .split(/&&|\|\||[;\n]/)
    .map(withoutEnd)
    .filter(Boolean);
  return JOB_COMMAND.test(last.at(-1) ?? '') ? { isCertain: false, why: 'its command' } : null;
}

/** A step of a command without the quotes and blanks it ends with; looked at from the end, as a pattern would begin anew at each of them. */
function withoutEnd(step: string): string {
  let end = step.length;
  while (end > 0 && /["'\s]/.test(step.charAt(end - 1))) end -= 1;
  return step.slice(0, end).trim();
}

const JOB_VERB = /^(?:init|initialize|setup|create\w*|seed|migrate|bootstrap|provision|wait|mkbucket)$/;

const JOB_NOUN =
  /^(?:init|initializer|initdb|dbinit|setup|migrate|migrations?|migrator|seed|seeder|seeding|bootstrap|provision|provisioner|createbuckets?|buckets?|topics|fixtures|schema|permissions|installer)$/;

const JOB_IMAGE =
  /(?:^|\/)(?:migrate\/migrate|flyway\/flyway|liquibase\/liquibase|liquibase|flyway|minio\/mc)(?:[:@]|$)/;

const JOB_COMMAND =
  /\b(?:db:(?:migrate|seed|setup|prepare)|migrate(?: deploy| up|:latest)?$|manage\.py migrate|migration:run|alembic upgrade|liquibase update|mc mb|kafka-topics(?:\.sh)?\b.{0,300}--create|airflow db (?:init|migrate))|^exit \d+$/;
