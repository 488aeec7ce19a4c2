import { z } from 'zod';
import type { Connection, Entry, ExtraCost, Part, Plan } from '../../domain/model.js';
import type { Merge } from '../../imports/merge.js';
import type { Fault, Note } from '../../imports/model.js';
import { changedPart } from './bill.js';
import { id, known, nameIt, schemaOf, texts } from './named.js';
import { partFields, shared } from './records.js';

const name = z.string();
const line = z.int().min(1);

export const fault = schemaOf<Fault>()(
  'Fault',
  z.object({
    message: z.string(),
    file: z.string(),
    line: line.optional().describe('Where it is known.'),
    column: line.optional().describe('Where it is known.'),
  }),
);

export const note = schemaOf<Note>()(
  'Note',
  z.object({
    kind: z.enum(['read', 'guessed', 'assumed', 'added', 'skipped', 'warning']),
    message: z.string(),
    part: name.optional().describe('Where it speaks of one.'),
    file: z.string().optional().describe('Where it speaks of one.'),
    line: line.optional().describe('Where it speaks of one.'),
  }),
);

const partOfDraft = schemaOf<Part>()(
  'PartOfDraft',
  z.object({
    ...partFields,
    containersPerReplica: z.int().min(1).optional().describe('1, where it is not there.'),
    priceBasis: z.string().optional().describe('Where a price is known.'),
  }),
);

const connectionOfDraft = schemaOf<Connection>()(
  'ConnectionOfDraft',
  z.object({
    from: name,
    to: name,
    strength: shared.strength,
    origin: shared.origin.optional().describe('Not where a plan file leaves it out.'),
    evidence: shared.evidence.optional().describe('Not where a plan file leaves it out.'),
  }),
);

const entryOfDraft = schemaOf<Entry>()('EntryOfDraft', z.object({ name, parts: texts }));
const extraCostOfDraft = schemaOf<ExtraCost>()(
  'ExtraCostOfDraft',
  z.object({ label: z.string(), usdPerMonth: known }),
);

const ofTheBook = 'Of a machine type that the price book has.';
const machineTypeOfDraft = nameIt(
  'MachineTypeOfDraft',
  z.object({
    ...shared.machine,
    id: id.optional().describe(ofTheBook),
    bookId: z.string().nullable().optional().describe(ofTheBook),
    priceBasis: z.string().optional().describe(ofTheBook),
  }),
);

export const draft = schemaOf<Plan>()(
  'Draft',
  z.object({
    name,
    machineType: machineTypeOfDraft.nullable(),
    parts: z.array(partOfDraft),
    connections: z.array(connectionOfDraft),
    entries: z.array(entryOfDraft),
    extraCosts: z.array(extraCostOfDraft),
  }),
);

const pair = z.object({ from: name, to: name });
const keptDeleted = 'What the files have and a person deleted.';

export const merge = schemaOf<Merge>()(
  'Merge',
  z.object({
    parts: z.object({
      added: z.array(partOfDraft),
      changed: z.array(changedPart),
      removed: texts,
      kept: z
        .array(z.object({ name, fields: texts }))
        .describe('What people set by hand and the files say otherwise.'),
      keptDeleted: texts.describe(keptDeleted),
    }),
    connections: z.object({
      added: z.array(connectionOfDraft),
      changed: z.array(z.object({ ...pair.shape, was: shared.strength, strength: shared.strength })),
      removed: z.array(pair),
      keptDeleted: z.array(pair).describe(keptDeleted),
    }),
    entries: z.object({
      added: z.array(entryOfDraft),
      changed: z.array(entryOfDraft),
      removed: texts,
      keptDeleted: texts.describe(keptDeleted),
    }),
    extraCosts: z.object({
      added: z.array(extraCostOfDraft),
      changed: z.array(z.object({ label: z.string(), from: known, to: known })),
      removed: texts,
      keptDeleted: texts.describe(keptDeleted),
    }),
  }),
);
