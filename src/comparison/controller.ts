import type { Request, Response } from 'express';
import { countedPlan } from '../bills/remembered.js';
import { sheetOf } from '../bills/sheet.js';
import { compare } from '../domain/comparison.js';
import type { Diagram } from '../domain/pictures/diagram-layout.js';
import { type LegendItem, legendOf } from '../domain/pictures/diagram-legend.js';
import { isCrowded, machinesPictureOf, machinesScaleOf } from '../domain/pictures/machines-picture.js';
import { changesInWords } from '../parts/words.js';
import { findPlans, type PlanRecord } from '../plans/queries.js';
import { addressOf } from '../web/addresses.js';
import { HttpError } from '../web/errors.js';
import { sendOn, setFlash } from '../web/flash.js';
import { page, wantsJson } from '../web/page.js';
import { cautions, differenceInWords, figuresInWords, inShort, orderInWords } from './words.js';

const MOST = 4;

/**
 * Pixels across, for two plans and for more: 8 machines and what another provider runs stand side by side on a usual screen, or 8 machines
 * twice. No picture is wider than a printed page, so that none is ever shrunk: they would no longer be of one scale.
 */
const SIZES = {
  two: { boxWidth: 76, width: 718 },
  more: { boxWidth: 61, width: 584 },
};

/** Two to four plans in columns: `/comparison?plans=17,18`. Forms may say `plans=17&with=18`; they are sent on to the short address. */
export async function show(req: Request, res: Response) {
  const asked = idsIn(req.query.plans, req.query.with);
  const ids = asked.slice(0, MOST);
  const address = addressOfComparison(ids);
  if (req.query.with !== undefined) {
    if (asked.length > MOST) {
      setFlash(req, { message: `${MOST} plans at most: of the ${asked.length} ticked these are the first.` });
    }
    return res.redirect(303, address);
  }
  if (ids.length < 2 && !wantsJson(req)) {
    const [first] = ids;
    return sendOn(
      res,
      first ? `/plans?with=${first}&sort=-updated` : '/plans',
      first ? 'Tick the plans to compare it with, up to three.' : 'Tick two to four plans to compare them.',
    );
  }
  const records = await findPlans(ids);
  if (records.length < 2) {
    throw new HttpError(
      404,
      'A comparison needs two to four plans. Tick them in the list of plans, and none that was deleted since.',
    );
  }
  const counted = await Promise.all(
    records.map(async (plan) => ({ record: plan, ...(await countedPlan(plan)) })),
  );
  const comparison = compare(counted.map(({ whole, bill }) => ({ plan: whole, bill })));
  const scale = machinesScaleOf(counted.map(({ whole }) => whole));
  const isCompact = counted.some(({ bill }) => isCrowded(bill.packing));
  const size = counted.length === 2 ? SIZES.two : SIZES.more;
  const columns = counted.map(({ record, whole, bill }) => ({
    record,
    bill,
    href: addressOf('plans', record),
    baseHref: addressOfComparison([record.id, ...ids.filter((id) => id !== record.id)]),
    priceDate: priceDateOf(record),
    machines: machinesPictureOf(whole, bill.packing, { scale, isCompact, ...size }),
    diagram: sheetOf(whole, bill).diagram,
  }));
  const names = records.map((plan) => plan.name);
  const title = names.join(' or ');
  const plans = counted.map(({ record, bill }) => ({
    id: record.id,
    name: record.name,
    system: record.system,
    status: record.status,
    bill,
  }));
  page(
    req,
    res,
    'comparison/show',
    { title, plans, comparison },
    {
      onlyHtml: {
        columns,
        pageAddress: `${req.protocol}://${req.get('host')}${address}`,
        changesInWords,
        figuresInWords,
        differenceInWords,
        inShort: names.map((_name, i) => (i === 0 ? '' : inShort(comparison, names, i))).filter(Boolean),
        order: orderInWords(comparison, names),
        cautions: cautions(
          counted.map(({ record, whole, bill }) => ({
            name: record.name,
            system: record.system,
            parts: whole.parts.length,
            assumed: sheetOf(whole, bill).assumed.length,
            connections: whole.connections.length,
          })),
        ),
        legend: legendOfAll(columns.map(({ diagram }) => diagram)),
        unshared: unsharedEntries(counted.map(({ bill }) => bill.entries)),
      },
    },
  );
}

/** The first plan is the one that the others are told against. */
function addressOfComparison(ids: number[]): string {
  return `/comparison?plans=${ids.join(',')}`;
}

/** What occurs in any of the drawings, each sign once. */
function legendOfAll(diagrams: Diagram[]): LegendItem[] {
  return [...new Map(diagrams.flatMap(legendOf).map((item) => [item.text, item])).values()];
}

function unsharedEntries(plans: { name: string }[][]): string[] {
  const names = plans.flatMap((entries) => entries.map((entry) => entry.name));
  return names.filter((name) => names.indexOf(name) === names.lastIndexOf(name));
}

function idsIn(...given: unknown[]): number[] {
  const ids = given
    .flat()
    .flatMap((value) => (typeof value === 'string' ? value.split(',') : []))
    .map(Number)
    .filter((id) => Number.isSafeInteger(id) && id > 0 && id <= 2_147_483_647);
  return [...new Set(ids)];
}

function priceDateOf({ machineType }: PlanRecord): string {
  return machineType?.priceDate ?? '';
}
