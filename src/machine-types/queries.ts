import type { Author } from '../changes/queries.js';
import { hiding, NAMED, type Named, showing, write } from '../changes/write-queries.js';
import { db, read } from '../db/client.js';
import { Prisma } from '../db/generated/client.js';
import { containing, keyset, pageOf, type Rows, type SortColumn } from '../db/keyset.js';
import type { Saved } from '../db/saved.js';
import type { MachineType } from '../domain/model.js';
import type { ListRequest, ListShape } from '../web/list.js';
import type { MachineTypeInput } from './form.js';

export const machineTypesList = {
  sorts: ['name', 'provider', 'cpu', 'memory', 'price', 'updated'],
  filters: ['provider'],
} as const satisfies ListShape<string>;

// A price that is not known sorts below the least that is.
const columns: Record<string, SortColumn> = {
  name: { by: Prisma.sql`lower(m.name)`, type: 'text' },
  provider: { by: Prisma.sql`lower(m.provider)`, type: 'text' },
  cpu: { by: Prisma.sql`m.cpu_millicores`, type: 'int' },
  memory: { by: Prisma.sql`m.memory_mib`, type: 'int' },
  price: { by: Prisma.sql`coalesce(m.usd_per_month, -1)`, type: 'float' },
  updated: { by: Prisma.sql`m.updated_at`, type: 'timestamptz' },
};

const REFUSALS = { machine_types_name_key: { name: 'Another machine type has this name.' } };

export type MachineTypeRow = {
  id: number;
  name: string;
  provider: string;
  cpuMillicores: number;
  memoryMib: number;
  reserve: string;
  maxContainers: number | null;
  usdPerMonth: number | null;
  priceDate: string;
  priceSource: string;
  availability: number | null;
  availabilityBasis: string;
  updatedAt: Date;
};

/** One stretch of the machine types, as searched, filtered and sorted. */
export async function listMachineTypes(list: ListRequest<'provider'>): Promise<Rows<MachineTypeRow>> {
  const { where, orderBy, cursor, limit } = keyset(columns, Prisma.sql`m.id`, list, list.size);
  const words = containing(list.search);
  const rows = await read<(MachineTypeRow & { cursor: string })[]>`
    SELECT m.id, m.name, m.provider, m.cpu_millicores AS "cpuMillicores", m.memory_mib AS "memoryMib", m.reserve,
      m.max_containers AS "maxContainers", m.usd_per_month AS "usdPerMonth", m.price_date AS "priceDate",
      m.price_source AS "priceSource", m.availability, m.availability_basis AS "availabilityBasis", m.updated_at AS "updatedAt",
      ${cursor} AS cursor
    FROM machine_types m
    WHERE m.deleted_at IS NULL AND ${where}
      ${list.search ? Prisma.sql`AND (m.name ILIKE ${words} OR m.provider ILIKE ${words} OR m.notes ILIKE ${words})` : Prisma.empty}
      ${list.filters.provider ? Prisma.sql`AND m.provider = ${list.filters.provider}` : Prisma.empty}
    ORDER BY ${orderBy} LIMIT ${limit}`;
  return pageOf(rows, list, list.size);
}

/** Every machine type in the domain's shape, for the forms to pick from. */
export async function listMachineTypeNames(): Promise<
  (MachineType & { id: number; bookId: string | null; priceBasis: string })[]
> {
  const types = await db.machineType.findMany({
    where: { deletedAt: null },
    select: {
      id: true,
      bookId: true,
      name: true,
      cpuMillicores: true,
      memoryMib: true,
      reserve: true,
      maxContainers: true,
      usdPerMonth: true,
      availability: true,
      priceDate: true,
      priceSource: true,
    },
    orderBy: { name: 'asc' },
    take: 500,
  });
  return types.map(({ priceDate, priceSource, ...type }) => ({
    ...type,
    reserve: type.reserve as MachineType['reserve'],
    priceBasis: priceBasisOf({ priceDate, priceSource }),
  }));
}

/** Where and when a machine type's price is from, as it stands beside the price; '' where neither is known. */
export function priceBasisOf({ priceDate, priceSource }: { priceDate: string; priceSource: string }): string {
  const isSaid = priceDate !== '' && priceSource.includes(priceDate);
  return [isSaid ? '' : priceDate, priceSource].filter(Boolean).join(', ');
}

/** Everybody who sells one of the machine types. */
export async function listProviders(): Promise<string[]> {
  const found = await db.machineType.findMany({
    where: { deletedAt: null, provider: { not: '' } },
    select: { provider: true },
    distinct: ['provider'],
    orderBy: { provider: 'asc' },
  });
  return found.map(({ provider }) => provider);
}

export type ServiceLevelRow = {
  id: number;
  service: string;
  availability: number | null;
  promised: boolean;
  asOf: string;
  source: string;
};

/** What providers promise, or only tolerate; with `search`, what has it in its name or source. */
export function listServiceLevels(search = ''): Promise<ServiceLevelRow[]> {
  const words = containing(search);
  return read<ServiceLevelRow[]>`
    SELECT id, service, availability, promised, as_of AS "asOf", source FROM service_levels
    ${search ? Prisma.sql`WHERE service ILIKE ${words} OR source ILIKE ${words}` : Prisma.empty}
    ORDER BY lower(service), id`;
}

/** A machine type, or null when there is none or it is deleted. */
export async function findMachineType(id: number) {
  return db.machineType.findFirst({
    where: { id, deletedAt: null },
    select: {
      id: true,
      name: true,
      provider: true,
      cpuMillicores: true,
      memoryMib: true,
      reserve: true,
      maxContainers: true,
      usdPerMonth: true,
      priceDate: true,
      priceSource: true,
      availability: true,
      availabilityBasis: true,
      notes: true,
      bookId: true,
      version: true,
      createdAt: true,
      updatedAt: true,
    },
  });
}

export type MachineTypeRecord = NonNullable<Awaited<ReturnType<typeof findMachineType>>>;

const PLANS_SHOWN = 100;

/** The plans whose machines are of this type: the first hundred, and how many there are. */
export async function listPlansOn(machineTypeId: number) {
  const where = { machineTypeId, deletedAt: null, system: { deletedAt: null } };
  const [plans, count] = await Promise.all([
    db.plan.findMany({
      where,
      select: { id: true, name: true, status: true, system: { select: { id: true, name: true } } },
      orderBy: [{ system: { name: 'asc' } }, { name: 'asc' }],
      take: PLANS_SHOWN,
    }),
    db.plan.count({ where }),
  ]);
  return { plans, count };
}

export function createMachineType(author: Author, input: MachineTypeInput): Promise<Saved<Named>> {
  return write({ author, action: 'created', noun: 'machine-types', after: input }, REFUSALS, (tx) =>
    tx.machineType.create({ data: input, select: NAMED }),
  );
}

/** Writes the machine type unless somebody else did since `version`. Every plan on it is counted anew. */
export function updateMachineType(
  author: Author,
  machineType: MachineTypeRecord,
  version: number,
  input: MachineTypeInput,
): Promise<Saved<Named>> {
  const { id } = machineType;
  const trace = {
    author,
    action: 'updated',
    noun: 'machine-types',
    before: machineType,
    after: input,
  } as const;
  return write(trace, REFUSALS, async (tx) => {
    const { count } = await tx.machineType.updateMany({
      where: { id, version, deletedAt: null },
      data: { ...input, version: { increment: 1 }, updatedAt: new Date() },
    });
    if (count === 0) return null;
    await touchPlansOn(tx, id);
    return { id, name: input.name };
  });
}

/** Hides the machine type. Plans keep pointing to it, so that `restoreMachineType` gives them their machines back. */
export async function deleteMachineType(author: Author, machineType: MachineTypeRecord): Promise<void> {
  const { id } = machineType;
  await write({ author, action: 'deleted', noun: 'machine-types', before: machineType }, {}, async (tx) => {
    await touchPlansOn(tx, id);
    return tx.machineType.updateManyAndReturn({ ...hiding(id), select: NAMED });
  });
}

/** Null when nothing of this id is deleted. */
export async function restoreMachineType(author: Author, id: number): Promise<Saved<Named> | null> {
  const deleted = await db.machineType.findFirst({ where: { id, deletedAt: { not: null } }, select: NAMED });
  if (!deleted) return null;
  return write({ author, action: 'restored', noun: 'machine-types' }, REFUSALS, async (tx) => {
    await touchPlansOn(tx, id);
    return tx.machineType.updateManyAndReturn({ ...showing(id), select: NAMED });
  });
}

/** Bills remembered for these plans no longer hold. The plans themselves were not edited, so their dates stay. */
async function touchPlansOn(tx: Prisma.TransactionClient, machineTypeId: number): Promise<void> {
  await tx.plan.updateMany({ where: { machineTypeId }, data: { revision: { increment: 1 } } });
}
