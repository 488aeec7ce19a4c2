import { db } from '../db/client.js';
import type { Prisma } from '../db/generated/client.js';

/** The technology of this name (compared without case), made if there is none; null for no name. */
export async function technologyNamed(tx: Prisma.TransactionClient, name: string): Promise<number | null> {
  if (name === '') return null;
  // Taken as it stands where it stands, so that two people saving with one name do not wait for each other.
  await tx.$executeRaw`INSERT INTO technologies (name) VALUES (${name}) ON CONFLICT (lower(name)) DO NOTHING`;
  const [technology] = await tx.$queryRaw<
    { id: number }[]
  >`SELECT id FROM technologies WHERE lower(name) = lower(${name})`;
  return technology?.id ?? null;
}

/** The names of the technologies that parts are made with, for the forms to pick from. */
export async function listTechnologyNames(): Promise<string[]> {
  const technologies = await db.technology.findMany({
    where: { parts: { some: { deletedAt: null } } },
    select: { name: true },
    orderBy: { name: 'asc' },
    take: 500,
  });
  return technologies.map((technology) => technology.name);
}
