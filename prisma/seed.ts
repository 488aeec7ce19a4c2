import { createAccount, hasNobody } from '../src/auth/sign-up.js';
import type { Author } from '../src/changes/queries.js';
import type { Named } from '../src/changes/write-queries.js';
import { createComment, type Holder } from '../src/comments/queries.js';
import { db } from '../src/db/client.js';
import type { Plan } from '../src/domain/model.js';
import { createImport, createPlanOf } from '../src/imports/queries.js';
import { USUAL_HASH } from '../src/settings.js';
import { createSystem } from '../src/systems/queries.js';
import backToHeroku from './story/back-to-heroku.json' with { type: 'json' };
import itsTheFuture from './story/its-the-future.json' with { type: 'json' };

/** Who signs in to the demo. Only ever made on an embedded, empty database. */
export const DEMO_ACCOUNT = { name: 'Demo', email: 'demo@example.com', password: 'it is just a CRUD app' };

/** Loads the demo story into a database where nobody has an account. What is there already is left alone. */
export async function tellStory(): Promise<void> {
  if (!(await hasNobody())) return;
  const person = await createAccount(
    { ...DEMO_ACCOUNT, role: 'admin' },
    { isConfirmed: true, ip: '', cost: USUAL_HASH },
  );
  if (!person) return;
  const author = { userId: person.id, address: '', token: '' };
  const system = await createSystem(author, {
    name: 'Simple CRUD app',
    lifecycle: 'production',
    team: 'The two of us',
    description: SYSTEM_STORY,
    links: [],
    tags: ['crud', 'web'],
  });
  if (!system.ok) return;
  const future = await addPlan(author, system.record.id, itsTheFuture as Plan, {
    status: 'proposed',
    description: FUTURE_STORY,
    basis: {
      '': 'assumed: a crash a month, 22 minutes to notice and restart',
      'lb-public': 'ELB SLA',
      'lb-api': 'ELB SLA',
      'lb-db': 'ELB SLA',
    },
    price: '2026-07-03, us-east-1, hours only',
  });
  await addPlan(author, system.record.id, backToHeroku as Plan, {
    status: 'current',
    description: HEROKU_STORY,
    basis: {
      router: 'assumed: Heroku promises no number',
      web: 'assumed: 99.95 % as for every process, less one restart of 10 seconds a day',
      postgres: 'tolerated downtime of under 1 hour in 30 days, not a promise',
    },
    price: '2026-07-17, heroku.com/pricing',
  });
  await discuss(author, { system: system.record, plan: null }, SYSTEM_DISCUSSION);
  if (future) await discuss(author, { system: system.record, plan: future }, FUTURE_DISCUSSION);
}

type Told = {
  status: 'current' | 'proposed';
  description: string;
  /** Where each availability is from, by part; '' for all others. */
  basis: Record<string, string>;
  price: string;
};

async function addPlan(
  author: Author,
  systemId: number,
  draft: Plan,
  { status, description, basis, price }: Told,
): Promise<Named | undefined> {
  const files = [{ name: 'plan.json', text: JSON.stringify(draft, null, 2) }];
  const { id: importId } = await createImport(author.userId, files);
  const bookId = draft.machineType ? 'aws-m6i-large' : '';
  const machineType = await db.machineType.findUnique({ where: { bookId }, select: { id: true } });
  const saved = await createPlanOf(author, {
    importId,
    system: { id: systemId },
    name: draft.name,
    machineTypeId: machineType?.id ?? null,
    draft,
    assumed: [],
  });
  if (!saved.ok) return undefined;
  const planId = saved.record.id;
  await db.plan.update({ where: { id: planId }, data: { status, description } });
  await db.part.updateMany({ where: { planId, usdPerMonth: { gt: 0 } }, data: { priceBasis: price } });
  await db.extraCost.updateMany({ where: { planId }, data: { priceBasis: price } });
  for (const [name, availabilityBasis] of Object.entries(basis)) {
    await db.part.updateMany({ where: { planId, ...(name && { name }) }, data: { availabilityBasis } });
  }
  return saved.record;
}

/** Those who wrote have left, so that nobody but the demo's own person can ever sign in to it. */
async function discuss(
  demo: Author,
  holder: Holder,
  said: [who: string | null, body: string][],
): Promise<void> {
  for (const [name, body] of said) {
    const author = name === null ? demo : { ...demo, userId: await somebodyWhoLeft(name) };
    await createComment(author, holder, { body });
  }
}

async function somebodyWhoLeft(name: string): Promise<number> {
  const known = await db.user.findFirst({ where: { name }, select: { id: true } });
  if (known) return known.id;
  const data = { name, email: `left-${name}`, role: 'viewer', leftAt: new Date() } as const;
  return (await db.user.create({ data, select: { id: true } })).id;
}

const SYSTEM_STORY = `Forms over a table, for a few thousand people. It has run for years.

Somebody came back from a conference and says that it must become microservices, in containers, under a cluster scheduler. Both ways
to run it are written down here, so that they can be counted before anybody decides.`;

const SYSTEM_DISCUSSION: [string | null, string][] = [
  [
    'Kim',
    `Back from the conference. Everybody there either runs microservices or apologises for it. I have written ours down as
**It's the future**: twelve services, so that each can fail on its own.`,
  ],
  [
    'Robin',
    `It is one form and one table. The table fits on my phone, twice. What do the other eleven services do while the first one
saves the form?`,
  ],
  [
    null,
    `Both plans are counted now, so please read the bill before the next slide deck. The users have been asked as well. They would
like the date field to remember the date.`,
  ],
];

const FUTURE_DISCUSSION: [string, string][] = [
  ['Robin', 'Five copies of etcd. Who is called at night when they disagree?'],
  [
    'Kim',
    `They cannot disagree, that is what the consensus protocol is for. And if they do: *all* of us are called. I made a rota.
There are two of us, so it is every other night.`,
  ],
];

const FUTURE_STORY = `Twelve services, each in two copies; Kubernetes to schedule them, with its own control plane; etcd in five copies, for
the cluster and for the database's failover; three load balancers. Eight machines hold it all.

The sizes are estimates, and the number of machines depends on them. Every figure opens to its working.`;

const HEROKU_STORY = `One process on one Standard dyno, and a managed Postgres. \`git push heroku main\` deploys it.

Heroku promises no availability for dynos, and what it says of its database is downtime that it tolerates, not a promise. Since
February 2026 the platform is in maintenance: security and support, no new features.`;
