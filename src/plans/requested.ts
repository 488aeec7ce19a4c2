import type { Request } from 'express';
import { idOf } from '../web/addresses.js';
import { found } from '../web/errors.js';
import { findPlan, type PlanRecord } from './queries.js';

/** The plan that `:planId` in the address names; 404 when there is none. */
export async function requestedPlan(req: Request): Promise<PlanRecord> {
  return found(await findPlan(idOf(req, 'planId')), 'plan');
}
