import type { Request, Response } from 'express';
import { isSignUpOpen } from '../auth/accounts.js';
import { countedPlan } from '../bills/remembered.js';
import { findPlans } from '../plans/queries.js';
import { listLatestSystems } from '../systems/queries.js';
import { page } from '../web/page.js';

/** The latest systems with the small bill of the plan each runs on; for visitors, what this is. */
export async function show(req: Request, res: Response) {
  if (!req.user) {
    return page(
      req,
      res,
      'home/visitor',
      { title: 'Know what you run' },
      { onlyHtml: { signUpOpen: await isSignUpOpen() } },
    );
  }
  const systems = await listLatestSystems(12);
  const plans = await findPlans(systems.flatMap((system) => system.shownPlanId ?? []));
  const counted = await Promise.all(
    plans.map(async (plan) => ({ plan, bill: (await countedPlan(plan)).bill })),
  );
  const cards = systems.map((system) => ({
    system,
    counted: counted.find(({ plan }) => plan.id === system.shownPlanId) ?? null,
  }));
  page(req, res, 'home/show', { title: 'Home', systems: cards.map(smallBill) }, { onlyHtml: { cards } });
}

function smallBill({ system, counted }: { system: { id: number; name: string }; counted: Counted | null }) {
  const bill = counted && {
    plan: counted.plan.name,
    services: counted.bill.services.value,
    containers: counted.bill.containers.value,
    machines: counted.bill.machines.value,
    usdPerMonth: counted.bill.usdPerMonth.value,
  };
  return { id: system.id, name: system.name, bill };
}

type Counted = { plan: { name: string }; bill: Awaited<ReturnType<typeof countedPlan>>['bill'] };
