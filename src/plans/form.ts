import { z } from 'zod';
import { choice, line, optionalNumber, text } from '../web/form.js';

export const PLAN_STATUSES = ['draft', 'proposed', 'current', 'rejected', 'retired'] as const;

export const planForm = z.object({
  name: line('Name', { max: 120 }),
  status: choice('Status', PLAN_STATUSES),
  description: text('Description'),
  machineTypeId: optionalNumber('Machine type', { min: 1, max: 2_147_483_647, whole: true }),
});

export type PlanInput = z.infer<typeof planForm>;

/** A record as the form shows it. */
export function planValues(plan: {
  name: string;
  status: string;
  description: string;
  machineType: { id: number } | null;
}): Record<string, string> {
  return {
    name: plan.name,
    status: plan.status,
    description: plan.description,
    machineTypeId: plan.machineType ? String(plan.machineType.id) : '',
  };
}
