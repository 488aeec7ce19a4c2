import type { Request, Response } from 'express';
import { hasNobody, takesStrangers } from '../auth/auth.js';
import { type SmallBill, smallBills } from '../bills/remembered.js';
import { findPlans } from '../plans/queries.js';
import { listLatestSystems } from '../systems/queries.js';
import { page } from '../web/page.js';

/** The latest systems with the small bill of the plan each runs on; for visitors who may not read, what this is. */
export async function show(req: Request, res: Response) {
  if (!req.user && !req.app.get('public read')) {
    return page(
      req,
      res,
      'home/visitor',
      { title: 'Know what you run' },
      { onlyHtml: { isFirst: await hasNobody(), signUpOpen: takesStrangers(req) } },
    );
  }
  const systems = await listLatestSystems();
  const plans = await findPlans(systems.flatMap(({ planIds }) => planIds.slice(0, 1)));
  // What is not current runs nowhere: its numbers are no numbers of the system's.
  const bills = await smallBills(plans.filter(({ status }) => status === 'current'));
  const cards = systems.map((system) => {
    const plan = plans.find(({ id }) => id === system.planIds[0]) ?? null;
    const bill = (plan && bills.get(plan.id)) ?? null;
    return { system, plan, bill };
  });
  page(req, res, 'home/show', { title: 'Home', systems: cards.map(smallBill) }, { onlyHtml: { cards } });
}

type Card = { system: { id: number; name: string }; plan: { name: string } | null; bill: SmallBill | null };

function smallBill({ system: { id, name }, plan, bill: whole }: Card) {
  const bill = whole && {
    plan: plan?.name,
    services: whole.services.value,
    containers: whole.containers.value,
    machines: whole.machines.value,
    usdPerMonth: whole.usdPerMonth.value,
  };
  return { id, name, bill };
}
