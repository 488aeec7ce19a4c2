import type { Part } from '../../domain/model.js';
import type { Note } from '../model.js';
import { type AddOnService, addOnPrice, addOnPrices, addOnService, successorOf } from './addon-book.js';
import type { AddOn } from './app-json.js';
import type { HerokuFiles } from './files.js';

export type AttachedAddOn = { part: Part; service: AddOnService };

/** What an add-on whose name says nothing is taken for. */
const UNKNOWN: Omit<AddOnService, 'technology'> = { kind: 'external', strength: 'soft' };

/** The add-ons of app.json, or where it has none those heroku.yml sets an app up with; the two lists are not added up. */
export function chosenAddOns(
  ofApp: readonly AddOn[] | null,
  ofYml: readonly AddOn[] | null,
  { appJson, herokuYml }: HerokuFiles,
  report: Note[],
): { list: readonly AddOn[]; file: string } {
  if (ofYml === null || !herokuYml) return { list: ofApp ?? [], file: appJson?.name ?? '' };
  const file = herokuYml.name;
  if (ofApp === null) {
    report.push({ kind: 'read', message: `heroku.yml: ${ofYml.length} add-ons`, file });
    return { list: ofYml, file };
  }
  const plans = ofYml.map(({ plan }) => plan).join(', ');
  const message = `heroku.yml names add-ons too (${plans}); those of app.json were counted`;
  report.push({ kind: 'skipped', message, file, line: ofYml[0]?.line });
  return { list: ofApp, file: appJson?.name ?? '' };
}

/**
 * One managed part for each add-on, with price and availability where the price book has the plan. `taken` holds the names that other
 * parts have already (an app may have both a process and an add-on called scheduler).
 */
export function addOnParts(
  addOns: readonly AddOn[],
  taken: ReadonlySet<string>,
  file: string,
): { attached: AttachedAddOn[]; notes: Note[] } {
  const notes: Note[] = [];
  const names = new Set(taken);
  const attached = addOns.map((addOn) => {
    const [slug = '', tier] = addOn.plan.split(':');
    const name = freeName(addOn.as ?? slug, names);
    names.add(name);
    const note = (kind: Note['kind'], message: string) =>
      notes.push({ kind, message, part: name, file, line: addOn.line });

    const known = addOnService(slug);
    if (!known) note('guessed', `nothing is known of the add-on ${slug}: taken for an external service`);
    const service = known ?? { ...UNKNOWN, technology: slug };
    const price = tier === 'in-dyno' ? null : addOnPrice(successorOf(addOn.plan) ?? addOn.plan);
    remarkOnPlan(addOn.plan, note);
    const part: Part = {
      name,
      kind: service.kind,
      replicas: 1,
      needed: 1,
      cpuMillicores: null,
      memoryMib: price?.memoryMib ?? null,
      runs: 'managed',
      perMachine: false,
      spread: false,
      availability: price?.availability ?? null,
      usdPerMonth: price?.usdPerMonth ?? null,
      ...(price && { priceBasis: price.priceBasis }),
      technology: service.technology,
    };
    return { part, service };
  });
  return { attached, notes };
}

function remarkOnPlan(plan: string, note: (kind: Note['kind'], message: string) => void): void {
  const [slug = '', tier] = plan.split(':');
  if (tier === 'in-dyno') {
    note(
      'warning',
      `${plan} lives inside the dyno of a test or review app; what production uses is not written here`,
    );
    return;
  }
  if (slug === 'mongolab') note('warning', 'mongolab is no longer offered: this app needs another MongoDB');
  const successor = successorOf(plan);
  const price = addOnPrice(successor ?? plan);
  if (successor) note('guessed', `the plan ${plan} is no longer sold; ${successor} took its place`);
  if (price) {
    note('read', price.basis);
    return;
  }
  const sold = addOnPrices(slug);
  const why = tier
    ? `no price is known for ${plan}`
    : `no plan is written for ${slug}, so the price is unknown`;
  note('assumed', `${why}${sold && `; known plans, USD a month: ${sold}`}`);
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  const plain = `${wanted} add-on`;
  for (let number = 2, name = plain; ; number += 1) {
    if (!taken.has(name)) return name;
    name = `${plain} ${number}`;
  }
}
