import type { PartKind, Strength } from '../../domain/model.js';
import priceBook from '../../domain/price-book.json' with { type: 'json' };

/** What an add-on is, known by its name. `strength`: how a process depends on it, null where no process calls it. */
export type AddOnService = { kind: PartKind; technology: string; strength: Strength | null };

export type AddOnPrice = {
  usdPerMonth: number;
  /** Date and source, as the price book has them. */
  priceBasis: string;
  availability: number | null;
  memoryMib: number | null;
  /** What the figures rest on, for the report. */
  basis: string;
};

/** The first that fits counts. Stores are hard but for caches; what a process can run on without is soft. */
const SERVICES: readonly [RegExp, AddOnService][] = [
  [/postgres|^crunchy/, { kind: 'database', technology: 'PostgreSQL', strength: 'hard' }],
  [/maria/, { kind: 'database', technology: 'MariaDB', strength: 'hard' }],
  [/mysql|^jawsdb|^cleardb/, { kind: 'database', technology: 'MySQL', strength: 'hard' }],
  [/mongo/, { kind: 'database', technology: 'MongoDB', strength: 'hard' }],
  [/^graphenedb|neo4j/, { kind: 'database', technology: 'Neo4j', strength: 'hard' }],
  [/elastic|^bonsai|^searchbox/, { kind: 'database', technology: 'Elasticsearch', strength: 'hard' }],
  [/redis|^heroku-key-value|valkey/, { kind: 'cache', technology: 'Redis', strength: 'soft' }],
  [/memcach/, { kind: 'cache', technology: 'Memcached', strength: 'soft' }],
  [/amqp|rabbit/, { kind: 'queue', technology: 'RabbitMQ', strength: 'hard' }],
  [/kafka/, { kind: 'queue', technology: 'Kafka', strength: 'hard' }],
  [/^sendgrid/, { kind: 'external', technology: 'SendGrid', strength: 'soft' }],
  [/^mailgun/, { kind: 'external', technology: 'Mailgun', strength: 'soft' }],
  [/^postmark/, { kind: 'external', technology: 'Postmark', strength: 'soft' }],
  [/^mailtrap/, { kind: 'external', technology: 'Mailtrap', strength: 'soft' }],
  [/^sparkpost/, { kind: 'external', technology: 'SparkPost', strength: 'soft' }],
  [/^algolia/, { kind: 'external', technology: 'Algolia', strength: 'soft' }],
  [/^cloudinary/, { kind: 'external', technology: 'Cloudinary', strength: 'soft' }],
  [/^bucketeer|^cloudcube/, { kind: 'external', technology: 'Amazon S3', strength: 'soft' }],
  [/scheduler|^cron-?to-?go/, { kind: 'platform', technology: 'scheduler', strength: null }],
  [/autoscale|^judoscale|^hirefire/, { kind: 'platform', technology: 'autoscaler', strength: null }],
  [
    /papertrail|^log|^coralogix|^mezmo|^sumologic|^solarwinds/,
    { kind: 'platform', technology: 'logs', strength: 'soft' },
  ],
  [
    /newrelic|^scout|^librato|^rollbar|^sentry|^honeybadger|^airbrake|^bugsnag|^raygun|^appsignal|^datadog/,
    { kind: 'platform', technology: 'monitoring', strength: 'soft' },
  ],
];

/** Plans that are no longer sold and the ones that took their place. */
const SUCCESSORS: ReadonlyMap<string, string> = new Map([
  ['heroku-postgresql:hobby-dev', 'heroku-postgresql:essential-0'],
  ['heroku-postgresql:mini', 'heroku-postgresql:essential-0'],
  ['heroku-postgresql:hobby-basic', 'heroku-postgresql:essential-1'],
  ['heroku-postgresql:basic', 'heroku-postgresql:essential-1'],
  ['heroku-redis:hobby-dev', 'heroku-redis:mini'],
]);
const PRICE_IDS: readonly [RegExp, string][] = [
  [/^heroku-postgresql:/, 'heroku-pg-'],
  [/^heroku-(redis|key-value):/, 'heroku-kv-'],
];

/** What the add-on is, or null where its name says nothing to us. */
export function addOnService(service: string): AddOnService | null {
  return SERVICES.find(([pattern]) => pattern.test(service))?.[1] ?? null;
}

/** The plan that took the place of one that is no longer sold, or null. `plan` as in app.json: `heroku-postgresql:mini`. */
export function successorOf(plan: string): string | null {
  return SUCCESSORS.get(plan) ?? null;
}

/** Price and tolerated downtime of a plan as in app.json, or null where the price book does not have it. */
export function addOnPrice(plan: string): AddOnPrice | null {
  const [prefix, id] = PRICE_IDS.find(([pattern]) => pattern.test(plan)) ?? [];
  const row = prefix && priceBook.prices.find((price) => price.id === plan.replace(prefix, id ?? ''));
  if (!row) return null;
  const availability = row.availabilityDerived ?? null;
  const doubt = row.confidence === 'high' ? '' : `, ${row.note ?? `confidence ${row.confidence}`}`;
  const downtime =
    availability === null
      ? 'no availability is stated'
      : `availability ${availability} is derived from the ${row.toleratedDowntimeMinPerMonth} minutes of downtime ` +
        'in 30 days that Heroku tolerates: a ceiling, not a promise';
  return {
    usdPerMonth: row.usdMonth,
    availability,
    memoryMib: row.memMiB ?? null,
    priceBasis: `${row.asOf}, ${row.source}`,
    basis: `${row.product}, ${row.usdMonth} USD a month (list price of ${row.asOf}${doubt}); ${downtime}`,
  };
}

/** The plans of a service that the price book has, for people who have to choose one; '' when it has none. */
export function addOnPrices(service: string): string {
  const [, id] = PRICE_IDS.find(([pattern]) => pattern.test(`${service}:`)) ?? [];
  if (id === undefined) return '';
  const rows = priceBook.prices.filter((row) => row.id.startsWith(id));
  return rows.map((row) => `${row.id.replace(id, '')} ${row.usdMonth}`).join(', ');
}
