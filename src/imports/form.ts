import { z } from 'zod';
import { choice, line, number, optionalNumber, TEXT } from '../web/form.js';
import type { SourceFile } from './model.js';

/** Pasted text may be 2 MB, as a file may. */
const pasted = z
  .string()
  .meta(TEXT)
  .default('')
  .transform((text) => text.replaceAll('\r\n', '\n'));

const id = (label: string) => optionalNumber(label, { min: 1, max: 2_147_483_647, whole: true });

/** What is pasted; uploads come beside it. */
export const pasteForm = z.object({
  text: pasted,
  secondText: pasted,
  plan: id('Plan'),
  system: id('System'),
});

/** The files out of what was pasted and uploaded, in that order. */
export function filesOf(
  paste: { text: string; secondText: string },
  uploads: { originalname: string; buffer: Buffer }[],
): SourceFile[] {
  const texts = [paste.text, paste.secondText].filter((text) => text.trim() !== '');
  return [
    ...texts.map((text) => ({ name: '', text })),
    ...uploads
      .filter((upload) => upload.originalname !== '')
      .map((upload) => ({
        name: upload.originalname.replace(/[\p{Cc}\p{Cs}]/gu, ''),
        text: upload.buffer.toString('utf8'),
      })),
  ];
}

/** The questions of the preview, asked in the address so that an answer can be changed without pasting again. */
export const questions = z.object({
  cluster: choice('Who runs the cluster', ['none', 'managed', 'self']).catch('none'),
  assume: z.enum(['yes', 'no']).catch('yes'),
  machineType: id('Machine type').catch(null),
  plan: id('Plan').catch(null),
  system: id('System').catch(null),
});

export type Answers = z.infer<typeof questions>;

/** What the count depends on, as the end of an address. */
export function countedAs({ cluster, assume, machineType }: Answers): string {
  return new URLSearchParams({ cluster, assume, machineType: String(machineType ?? '') }).toString();
}

export const newPlanForm = z.object({
  planName: line('Name of the plan', { max: 120 }),
  systemId: id('System'),
  systemName: line('Name of the new system', { max: 120, required: false }),
});

/** What was previewed goes into a plan only as it stood then. */
export const inLineForm = questions
  .omit({ plan: true, system: true })
  .partial()
  .extend({
    revision: number('Revision', { min: 1, whole: true }),
  });

/** Files for a plan that stands, with no preview: what is not answered is as at its last import, and a slip is told, not passed over. */
export const sourceForm = z.object({
  text: pasted,
  secondText: pasted,
  cluster: choice('Who runs the cluster', ['none', 'managed', 'self']).optional(),
  assume: choice('Assumed availability', ['yes', 'no']).optional(),
  machineType: line('Machine type', { required: false }),
});
