import type { Part } from '../../domain/model.js';
import type { Note, SourceFile } from '../model.js';
import type { AppJson, EnvVariable, Formation, Section } from './app-json.js';
import { readProcfile } from './lines.js';
import type { Process } from './processes.js';

/** Variables that hold the address of a store; `technology` null = any database. */
const STORE_VARIABLES: readonly [RegExp, string | null][] = [
  [/^MONGO(DB|HQ|LAB)?_(URI|URL)$/, 'MongoDB'],
  [/^(DATABASE|DB)_(URI|URL)$/, null],
  [/^(POSTGRES|POSTGRESQL|PG)_(URI|URL)$/, 'PostgreSQL'],
  [/^(MYSQL|JAWSDB|CLEARDB(_DATABASE)?)_(URI|URL)$/, 'MySQL'],
  [/^REDIS(CLOUD|TOGO)?_(URI|URL|TLS_URL)$/, 'Redis'],
  [/^(MEMCACHE|MEMCACHED|MEMCACHIER|MEMCACHEDCLOUD)_SERVERS$/, 'Memcached'],
  [/^(CLOUD|RABBIT)?(AMQP|MQ)_(URI|URL)$/, 'RabbitMQ'],
  [/^KAFKA_(URL|BROKERS)$/, 'Kafka'],
  [/^(ELASTICSEARCH|BONSAI|SEARCHBOX)_(URI|URL)$/, 'Elasticsearch'],
];

/** Types the formation scales that no file starts. */
export function formationNotes(
  formation: readonly Formation[],
  processes: readonly Process[],
  file: string,
): Note[] {
  const types = new Set(processes.map(({ type }) => type));
  return formation
    .filter(({ type }) => !types.has(type))
    .map(({ type, quantity, size, line }) => {
      const wish = [quantity ?? '', size ?? ''].join(' ').trim();
      const message = `the formation asks for ${type}${wish && ` (${wish})`}, but no file says how it is started; it is not counted`;
      return { kind: 'warning', message, file, line };
    });
}

/** What other environments run; the plan is what production runs. */
export function environmentNotes(app: AppJson, file: string): Note[] {
  return app.environments.flatMap(({ name, line, ...section }): Note[] => {
    const said = sectionText(section);
    if (said === '') return [];
    const message =
      name === 'production'
        ? `environments.production says what production runs: ${said}`
        : `environments.${name} runs ${said}; the plan is what production runs, so it is not counted`;
    return [{ kind: name === 'production' ? 'read' : 'skipped', message, file, line }];
  });
}

/** Stores that a variable must point to and no part is. */
export function missingStoreNotes(env: readonly EnvVariable[], parts: readonly Part[], file: string): Note[] {
  return env.flatMap(({ name, isRequired, line }): Note[] => {
    const found = STORE_VARIABLES.find(([pattern]) => pattern.test(name));
    if (!found || !isRequired) return [];
    const [, technology] = found;
    if (parts.some((part) => (technology ? part.technology === technology : part.kind === 'database')))
      return [];
    const store = technology ?? 'a database';
    const message = `${name} must be set, but no add-on provides ${store}: the app needs a store that is in no file and is not counted`;
    return [{ kind: 'warning', message, file, line }];
  });
}

/** PROCFILE_PATH names the Procfile that a buildpack puts in the place of the one at the root. */
export function procfilePathNotes(
  env: readonly EnvVariable[],
  procfile: SourceFile | null,
  others: readonly SourceFile[],
  file: string,
): Note[] {
  const variable = env.find(({ name }) => name === 'PROCFILE_PATH');
  const path = variable?.value?.replace(/^\.?\//, '');
  if (!variable || !path || !procfile || procfile.name === path || procfile.name.endsWith(`/${path}`))
    return [];
  const named = others.find(({ name }) => name === path || name.endsWith(`/${path}`));
  const types =
    named &&
    readProcfile(named.text, named.name)
      .processes.map(({ type }) => type)
      .join(', ');
  const message =
    `PROCFILE_PATH says that ${path} replaces the Procfile at deploy time` +
    `${types ? ` (it would run ${types})` : ''}; the Procfile is what was counted`;
  return [{ kind: 'warning', message, file, line: variable.line }];
}

function sectionText({ formation, addOns }: Section): string {
  const dynos = (formation ?? []).map(
    ({ type, quantity, size }) => `${type} ${quantity ?? 1}${size ? ` ${size}` : ''}`,
  );
  const plans = (addOns ?? []).map(({ plan }) => plan);
  return [...dynos, ...plans].join(', ');
}
