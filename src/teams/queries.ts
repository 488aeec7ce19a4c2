import { db } from '../db/client.js';
import type { Prisma } from '../db/generated/client.js';

/** The team of this name (compared without case), made if there is none; null for no name. */
export async function teamNamed(tx: Prisma.TransactionClient, name: string): Promise<number | null> {
  if (name === '') return null;
  // Taken as it stands where it stands, so that two people saving with one name do not wait for each other.
  await tx.$executeRaw`INSERT INTO teams (name) VALUES (${name}) ON CONFLICT (lower(name)) DO NOTHING`;
  const [team] = await tx.$queryRaw<
    { id: number }[]
  >`SELECT id FROM teams WHERE lower(name) = lower(${name})`;
  return team?.id ?? null;
}

/** The names of the teams that have something, for the forms to pick from. */
export async function listTeamNames(): Promise<string[]> {
  const teams = await db.team.findMany({
    where: { OR: [{ systems: { some: { deletedAt: null } } }, { parts: { some: { deletedAt: null } } }] },
    select: { name: true },
    orderBy: { name: 'asc' },
    take: 500,
  });
  return teams.map((team) => team.name);
}
