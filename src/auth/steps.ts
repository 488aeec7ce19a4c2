import type { Request } from 'express';
import { db } from '../db/client.js';
import type { Prisma } from '../db/generated/client.js';
import { type Cookie, ownCookie } from '../web/cookies.js';
import { hashOf, newSecret } from './secrets.js';

/**
 * What is begun in a browser, for a later request of it to end: a second factor to be shown, a passkey's challenge, a provider's answer, a secret to be
 * looked at. A browser is in one step at a time: beginning another forgets this one. Finding a step does not end it, `endStep` does.
 */
export type StepPurpose = 'second factor' | 'passkey' | 'new passkey' | 'provider' | 'shown once';

/** `id` is the hash of the secret that the browser's cookie holds. */
export type Step = { id: string; userId: number | null; data: Prisma.JsonValue };

const MINUTES = 10;

/** Begins a step; the browser gets a cookie for it. */
export async function beginStep(
  req: Request,
  purpose: StepPurpose,
  { userId = null, data = {} }: { userId?: number | null; data?: Prisma.InputJsonValue },
): Promise<void> {
  const secret = newSecret();
  const expiresAt = new Date(Date.now() + MINUTES * 60_000);
  await db.step.create({ data: { id: hashOf(secret), purpose, userId, data, expiresAt } });
  const { name, options } = cookieOf(req);
  req.res?.cookie(name, secret, { ...options, maxAge: MINUTES * 60_000 });
}

/** The step that this browser is in, or null: none, another one, or begun too long ago. */
export async function findStep(req: Request, purpose: StepPurpose): Promise<Step | null> {
  const secret: string | undefined = req.cookies[cookieOf(req).name];
  if (!secret) return null;
  return db.step.findFirst({
    where: { id: hashOf(secret), purpose, expiresAt: { gt: new Date() } },
    select: { id: true, userId: true, data: true },
  });
}

/** Ends the step: true for the one request that did, of several at the same moment. */
export async function endStep(req: Request, { id }: Step): Promise<boolean> {
  const { count } = await db.step.deleteMany({ where: { id } });
  const { name, options } = cookieOf(req);
  req.res?.clearCookie(name, options);
  return count === 1;
}

function cookieOf(req: Request): Cookie {
  return ownCookie('step', req.app.get('env'));
}
