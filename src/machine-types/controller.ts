import type { Request, Response } from 'express';
import { authorOf } from '../auth/auth.js';
import { RESERVE_RULES } from '../domain/model.js';
import { addressOf, idOf } from '../web/addresses.js';
import { found } from '../web/errors.js';
import { sendOn } from '../web/flash.js';
import { type FormState, readForm, statusOf } from '../web/form.js';
import { answerList, readList } from '../web/list.js';
import { page } from '../web/page.js';
import { refused, versionIn } from '../web/refused.js';
import { machineTypeForm, machineTypeValues, RESERVE_LABELS } from './form.js';
import { listOtherPrices, otherProviders, PRICE_KIND_LABELS } from './price-book.js';
import * as machineTypes from './queries.js';

const reserves = RESERVE_RULES.map((value) => ({ value, label: RESERVE_LABELS[value] }));

export async function index(req: Request, res: Response) {
  const list = readList(req, machineTypes.machineTypesList);
  const [rows, providers, serviceLevels] = await Promise.all([
    machineTypes.listMachineTypes(list),
    machineTypes.listProviders(),
    machineTypes.listServiceLevels(list.search),
  ]);
  answerList(
    req,
    res,
    'machine-types/index',
    { title: 'Price book', list, serviceLevels, otherPrices: listOtherPrices(list) },
    rows,
    {
      id: (type) => type.id,
      name: (type) => type.name,
      provider: (type) => type.provider,
      'cpu millicores': (type) => type.cpuMillicores,
      'memory mib': (type) => type.memoryMib,
      reserve: (type) => type.reserve,
      'containers at most': (type) => type.maxContainers,
      'usd per month': (type) => type.usdPerMonth,
      'price date': (type) => type.priceDate,
      'price source': (type) => type.priceSource,
      availability: (type) => type.availability,
      'availability basis': (type) => type.availabilityBasis,
      updated: (type) => type.updatedAt.toISOString(),
    },
    {
      providers: [...new Set([...providers, ...otherProviders])].sort(),
      priceKindLabels: PRICE_KIND_LABELS,
    },
  );
}

export async function show(req: Request, res: Response) {
  const machineType = await machineTypeOf(req);
  const on = await machineTypes.listPlansOn(machineType.id);
  const onlyHtml = { reserveLabels: RESERVE_LABELS };
  page(req, res, 'machine-types/show', { title: machineType.name, machineType, ...on }, { onlyHtml });
}

export async function newForm(req: Request, res: Response) {
  await showForm(req, res, null, { values: { reserve: 'none' }, errors: {} });
}

export async function create(req: Request, res: Response) {
  const read = readForm(machineTypeForm, req.body);
  if (!read.ok) return showForm(req, res, null, read.form);
  const saved = await machineTypes.createMachineType(authorOf(req), read.data);
  if (!saved.ok) return showForm(req, res, null, refused(saved, req.body, {}));
  sendOn(res, addressOf('machine-types', saved.record), `${saved.record.name} is in the price book.`);
}

export async function editForm(req: Request, res: Response) {
  const machineType = await machineTypeOf(req);
  await showForm(req, res, machineType, { values: machineTypeValues(machineType), errors: {} });
}

export async function update(req: Request, res: Response) {
  const machineType = await machineTypeOf(req);
  const read = readForm(machineTypeForm, req.body);
  if (!read.ok) return showForm(req, res, machineType, read.form);
  const saved = await machineTypes.updateMachineType(
    authorOf(req),
    machineType,
    versionIn(req.body),
    read.data,
  );
  if (!saved.ok)
    return showForm(req, res, machineType, refused(saved, req.body, machineTypeValues(machineType)));
  sendOn(res, addressOf('machine-types', saved.record), `${saved.record.name} is saved.`);
}

export async function confirmDeletion(req: Request, res: Response) {
  const machineType = await machineTypeOf(req);
  const on = await machineTypes.listPlansOn(machineType.id);
  page(req, res, 'machine-types/deletion', { title: `Delete ${machineType.name}?`, machineType, ...on });
}

export async function destroy(req: Request, res: Response) {
  const machineType = await machineTypeOf(req);
  await machineTypes.deleteMachineType(authorOf(req), machineType);
  const undo = { action: `/machine-types/${machineType.id}/restoration`, label: 'Undo' };
  sendOn(res, '/machine-types', { message: `${machineType.name} is deleted.`, undo });
}

export async function restore(req: Request, res: Response) {
  const saved = found(
    await machineTypes.restoreMachineType(authorOf(req), idOf(req, 'machineTypeId')),
    'deleted machine type',
  );
  if (!saved.ok) {
    return sendOn(res, '/deletions', {
      message: 'Another machine type has taken its name since. Rename that one first, then restore.',
      isRefusal: true,
    });
  }
  sendOn(res, addressOf('machine-types', saved.record), `${saved.record.name} is back.`);
}

async function machineTypeOf(req: Request): Promise<machineTypes.MachineTypeRecord> {
  return found(await machineTypes.findMachineType(idOf(req, 'machineTypeId')), 'machine type');
}

async function showForm(
  req: Request,
  res: Response,
  machineType: machineTypes.MachineTypeRecord | null,
  form: FormState,
) {
  const status = statusOf(form);
  const title = machineType ? `Edit ${machineType.name}` : 'New machine type';
  const onlyHtml = { reserves, providers: await machineTypes.listProviders() };
  const view = machineType ? 'machine-types/edit' : 'machine-types/new';
  page(req, res, view, { title, machineType, form }, { status, onlyHtml });
}
