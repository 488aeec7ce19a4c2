import type { Request } from 'express';
import { seal, sealingSecretOf, unseal } from './sealed.js';
import { personOf } from './signing-in.js';
import { beginStep, endStep, findStep } from './steps.js';

/** Secrets that a page shows once, each with what stands beside it. */
export type Secrets = {
  token: { name: string; text: string };
  link: { title: string; link: string; message: string };
  codes: { codes: string[]; message: string };
};

/**
 * Keeps a secret, sealed, for the page that this browser is sent on to. A form's answer that holds the secret itself would be sent again by a
 * reload, and make another.
 */
export async function showOnce<K extends keyof Secrets>(req: Request, kind: K, secret: Secrets[K]) {
  const userId = personOf(req).id;
  const sealed = seal(JSON.stringify(secret), sealingSecretOf(req), ownerOf(userId));
  await beginStep(req, 'shown once', { userId, data: { kind, sealed } });
}

/** The secret that this page is to show, and with that it is gone: a reload shows nothing. Null when there is none. The page is kept in no cache. */
export async function takeShown<K extends keyof Secrets>(req: Request, kind: K): Promise<Secrets[K] | null> {
  // Who asks for the headers alone is shown nothing, and the secret would be gone.
  if (req.method === 'HEAD') return null;
  const step = await findStep(req, 'shown once');
  const data = step?.data as { kind: string; sealed: string } | undefined;
  const { id } = personOf(req);
  if (!step || step.userId !== id || data?.kind !== kind || !(await endStep(req, step))) return null;
  req.res?.set('Cache-Control', 'no-store');
  const text = unseal(data.sealed, sealingSecretOf(req), ownerOf(id));
  return text === null ? null : JSON.parse(text);
}

function ownerOf(userId: number): string {
  return `shown to ${userId}`;
}
