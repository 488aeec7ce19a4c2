import { can, type Role } from '../auth/roles.js';
import { NOUNS, type Noun } from '../changes/queries.js';
import { read } from '../db/client.js';
import { Prisma } from '../db/generated/client.js';
import { containing, keyset, pageOf, type Rows } from '../db/keyset.js';
import type { ListRequest, ListShape } from '../web/list.js';

export const deletionsList = { sorts: ['-deleted'], filters: ['noun'] } as const satisfies ListShape<string>;

type Holder = { id: number; name: string; deleted: boolean };

export type Deletion = {
  noun: Noun;
  id: number;
  name: string;
  deletedAt: Date;
  /** Who deleted it, where that is known, and whether by hand or by importing files that no longer have it. */
  by: string | null;
  byId: number | null;
  action: 'deleted' | 'imported' | null;
  system: Holder | null;
  plan: Holder | null;
  /** What must be restored before it: the outermost of its holders that is deleted itself. */
  restoreFirst: { noun: Noun; id: number; name: string } | null;
};

type Row = Omit<Deletion, 'restoreFirst'> & { end: { id: number; name: string } | null };

/** Everything that is deleted, the latest first. What stands inside something deleted, but was not deleted itself, is not told apart. */
export async function listDeletions(list: ListRequest<'noun'>, reader: Reader): Promise<Rows<Deletion>> {
  const nouns = NOUNS.filter((noun) => list.filters.noun === '' || noun === list.filters.noun);
  if (nouns.length === 0) return { rows: [], after: null, before: null };
  const stretches = nouns.map((noun) => deletedOf(noun, list, reader));
  const { orderBy, limit } = order(list);
  const rows = await read<(Row & { cursor: string })[]>`
    SELECT x.noun, x.id, x.name, x.deleted_at AS "deletedAt", x."end", x.cursor, by.name AS by, by.id AS "byId", by.action,
      CASE WHEN s.id IS NULL THEN NULL ELSE json_build_object('id', s.id, 'name', s.name, 'deleted', s.deleted_at IS NOT NULL) END AS system,
      CASE WHEN p.id IS NULL THEN NULL ELSE json_build_object('id', p.id, 'name', p.name, 'deleted', p.deleted_at IS NOT NULL) END AS plan
    FROM (${Prisma.join(stretches, ' UNION ALL ')}) x
      LEFT JOIN plans p ON p.id = x.plan_id
      LEFT JOIN systems s ON s.id = coalesce(x.system_id, p.system_id)
      LEFT JOIN LATERAL (${changeThatDeleted}) by ON true
    ORDER BY ${orderBy} LIMIT ${limit}`;
  return pageOf(rows, list, list.size, ({ cursor: _cursor, end, ...row }) => ({
    ...row,
    restoreFirst: firstOf(row, end),
  }));
}

/** What each noun's table has to say: its name, what holds it, and (of a connection) a part of it that is deleted. */
const TABLES: Record<Noun, ReturnType<typeof table>> = {
  systems: table(Prisma.sql`systems x`, { plan: Prisma.sql`NULL::int` }),
  plans: table(Prisma.sql`plans x`, { plan: Prisma.sql`NULL::int`, system: Prisma.sql`x.system_id` }),
  parts: table(Prisma.sql`parts x`),
  connections: table(
    Prisma.sql`connections x JOIN parts f ON f.id = x.from_part_id JOIN parts t ON t.id = x.to_part_id`,
    {
      name: Prisma.sql`f.name || ' → ' || t.name`,
      end: Prisma.sql`CASE WHEN f.deleted_at IS NOT NULL THEN jsonb_build_object('id', f.id, 'name', f.name)
        WHEN t.deleted_at IS NOT NULL THEN jsonb_build_object('id', t.id, 'name', t.name) END`,
    },
  ),
  entries: table(Prisma.sql`entries x`),
  'extra-costs': table(Prisma.sql`extra_costs x`, { name: Prisma.sql`x.label` }),
  'machine-types': table(Prisma.sql`machine_types x`, { plan: Prisma.sql`NULL::int` }),
  comments: table(Prisma.sql`comments x, split_part(left(x.body, 60), E'\\n', 1) AS start`, {
    name: nameFor,
    system: Prisma.sql`x.system_id`,
  }),
};

function table(
  from: Prisma.Sql,
  {
    name = Prisma.sql`x.name` as Prisma.Sql | ((reader: Reader) => Prisma.Sql),
    plan = Prisma.sql`x.plan_id`,
    system = Prisma.sql`NULL::int`,
    end = Prisma.sql`NULL::jsonb`,
  } = {},
) {
  return { from, name, plan, system, end };
}

type Reader = { id: number; role: Role };

/** What somebody has taken back is told to them and to admins, who may bring it back. */
function nameFor({ id, role }: Reader): Prisma.Sql {
  const start = Prisma.sql`CASE WHEN start = x.body THEN start ELSE start || '…' END`;
  return can(role, 'administer')
    ? start
    : Prisma.sql`CASE WHEN x.author_id = ${id} THEN ${start} ELSE 'Somebody’s comment' END`;
}

/** One noun's stretch of the list. Each is cut to the page before they are put together, so that no table is read to its end. */
function deletedOf(noun: Noun, list: ListRequest<'noun'>, reader: Reader): Prisma.Sql {
  const { from, plan, system, end, ...table } = TABLES[noun];
  const name = typeof table.name === 'function' ? table.name(reader) : table.name;
  const { where, orderBy, cursor, limit } = order(list, noun);
  return Prisma.sql`(
    SELECT ${noun} AS noun, x.id, ${name} AS name, x.deleted_at, ${plan} AS plan_id, ${system} AS system_id, ${end} AS "end",
      ${key(noun)} AS key, ${cursor} AS cursor
    FROM ${from}
    WHERE x.deleted_at IS NOT NULL AND ${where}
      ${list.search ? Prisma.sql`AND ${name} ILIKE ${containing(list.search)}` : Prisma.empty}
    ORDER BY ${orderBy} LIMIT ${limit})`;
}

function order(list: ListRequest<'noun'>, noun?: Noun) {
  const columns = { deleted: { by: Prisma.sql`x.deleted_at`, type: 'timestamptz' as const } };
  return keyset(columns, noun ? key(noun) : Prisma.sql`x.key`, list, list.size);
}

/** Ids are told apart within a noun only; what one import removes shares its moment. */
function key(noun: Noun): Prisma.Sql {
  return Prisma.sql`(x.id * ${Prisma.raw(String(NOUNS.length + 1))} + ${Prisma.raw(String(NOUNS.indexOf(noun)))})`;
}

/** The line of the trail that tells of it: the record's own deletion, or an import into its plan, whichever was at that moment. */
const changeThatDeleted = Prisma.sql`
  SELECT u.id, u.name, c.action FROM changes c LEFT JOIN users u ON u.id = c.user_id
  WHERE (c.noun = x.noun AND c.record_id = x.id AND c.action = 'deleted'
      OR c.noun = 'plans' AND c.record_id = x.plan_id AND c.action = 'imported')
    AND c.at BETWEEN x.deleted_at - interval '2 minutes' AND x.deleted_at + interval '2 minutes'
  ORDER BY abs(extract(epoch FROM c.at - x.deleted_at)), c.id DESC LIMIT 1`;

function firstOf(
  { noun, system, plan }: Pick<Deletion, 'noun' | 'system' | 'plan'>,
  end: Row['end'],
): Deletion['restoreFirst'] {
  if (noun !== 'systems' && system?.deleted) return { noun: 'systems', id: system.id, name: system.name };
  if (plan?.deleted) return { noun: 'plans', id: plan.id, name: plan.name };
  return end && { noun: 'parts', ...end };
}
