import { db } from '../db/client.js';
import type { MachineType } from '../domain/model.js';

const shape = {
  id: true,
  name: true,
  cpuMillicores: true,
  memoryMib: true,
  reserve: true,
  maxContainers: true,
  usdPerMonth: true,
  availability: true,
} as const;

/** Every machine type in short, for the forms to pick from. */
export async function listMachineTypeNames(): Promise<(MachineType & { id: number })[]> {
  const types = await db.machineType.findMany({
    where: { deletedAt: null },
    select: shape,
    orderBy: { name: 'asc' },
    take: 500,
  });
  return types.map((type) => ({ ...type, reserve: type.reserve as MachineType['reserve'] }));
}
