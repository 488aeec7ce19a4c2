import { db } from '../db/client.js';
import type { Prisma } from '../db/generated/client.js';

/** The technology of this name (compared without case), made if there is none; null for no name. */
export async function technologyNamed(tx: Prisma.TransactionClient, name: string): Promise<number | null> {
  if (name === '') return null;
  const [technology] = await tx.$queryRaw<{ id: number }[]>`
    INSERT INTO technologies (name) VALUES (${name})
    ON CONFLICT (lower(name)) DO UPDATE SET name = technologies.name RETURNING id`;
  return technology?.id ?? null;
}

/** Every technology's name, for the forms to pick from. */
export async function listTechnologyNames(): Promise<string[]> {
  const technologies = await db.technology.findMany({
    select: { name: true },
    orderBy: { name: 'asc' },
    take: 500,
  });
  return technologies.map((technology) => technology.name);
}
