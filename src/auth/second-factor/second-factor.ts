import { Secret, TOTP } from 'otpauth';
import { db } from '../../db/client.js';
import { type Account, holdByOwnerOrAdmin, holdUnchanged, startGeneration } from '../accounts.js';
import { seal, unseal } from '../sealed.js';
import { type From, record } from '../trail.js';
import { countRecoveryCodes, makeRecoveryCodes, useRecoveryCode } from './recovery-codes.js';

// The second factor: codes of an app on one's phone (TOTP, RFC 6238). `key` is the settings' session secret, which the app's secret is sealed with.

/** What every app takes. A code is good for its 30 seconds and the 30 before and after, as clocks differ; RFC 6238, 5.2. */
const CODES = { issuer: 'Moving Parts', algorithm: 'SHA1', digits: 6, period: 30 } as const;
const WINDOW = 1;

export type SecondFactor =
  | { state: 'off' }
  /** `uri` is what the QR code holds. */
  | { state: 'begun'; secret: string; uri: string }
  /** `canBeRead` is false when the session secret is another than the app's secret was sealed with: no code can be checked then. */
  | { state: 'on'; since: Date; codesLeft: number; canBeRead: boolean };

/** How far the person is with it. `key` is what secrets are sealed with. */
export async function findSecondFactor(
  { id, email }: { id: number; email: string },
  key: string,
): Promise<SecondFactor> {
  const { totpSecret, totpSince } = await rowOf(id);
  const secret = totpSecret && unseal(totpSecret, key, ownerOf(id));
  if (totpSince) {
    const codesLeft = await countRecoveryCodes(id);
    return { state: 'on', since: totpSince, codesLeft, canBeRead: Boolean(secret) };
  }
  if (!secret) return { state: 'off' };
  const uri = new TOTP({ ...CODES, label: email, secret: Secret.fromBase32(secret) }).toString();
  return { state: 'begun', secret, uri };
}

/** Makes a secret for the app. It counts for nothing before a code of the app has turned it on. */
export async function beginSecondFactor(account: Account, key: string): Promise<void> {
  const { id } = account;
  const totpSecret = seal(new Secret({ size: 20 }).base32, key, ownerOf(id));
  await db.$transaction(async (tx) => {
    await holdUnchanged(tx, account);
    await tx.user.updateMany({ where: { id, totpSince: null }, data: { totpSecret, totpStep: 0 } });
  });
}

/**
 * Turns it on with the app's first code, and ends the person's sessions. Gives the recovery codes and the account's new generation, or null when
 * the code is not right.
 */
export async function turnOn(
  account: Account,
  typed: string,
  from: From,
  key: string,
): Promise<{ codes: string[]; generation: number } | null> {
  const { id } = account;
  const { totpSecret, totpStep } = await rowOf(id);
  const period = periodOf(totpSecret && unseal(totpSecret, key, ownerOf(id)), typed, totpStep);
  if (period === null) return null;
  return db.$transaction(async (tx) => {
    await holdUnchanged(tx, account);
    const { count } = await tx.user.updateMany({
      where: { id, totpSecret, totpSince: null },
      data: { totpSince: new Date(), totpStep: period },
    });
    if (count === 0) return null;
    const codes = await makeRecoveryCodes(tx, id);
    const next = await startGeneration(tx, id);
    await record(tx, from, 'changed', account, { after: { secondFactor: 'on' } });
    return { codes, generation: next };
  });
}

/** Turns it off, and ends the person's sessions. Gives the account's new generation. */
export async function turnOff(account: Account, from: From): Promise<number> {
  const { id } = account;
  return db.$transaction(async (tx) => {
    await holdByOwnerOrAdmin(tx, account, from.userId);
    await tx.user.update({
      where: { id },
      data: { totpSecret: null, totpSince: null },
      select: { id: true },
    });
    await tx.recoveryCode.deleteMany({ where: { userId: id } });
    const generation = await startGeneration(tx, id);
    await record(tx, from, 'changed', account, { after: { secondFactor: 'off' } });
    return generation;
  });
}

/** New recovery codes; those before are good no more. */
export async function renewRecoveryCodes(account: Account, from: From): Promise<string[]> {
  return db.$transaction(async (tx) => {
    await holdUnchanged(tx, account);
    const codes = await makeRecoveryCodes(tx, account.id);
    await record(tx, from, 'changed', account, { after: { recoveryCodes: 'new ones' } });
    return codes;
  });
}

/** What was typed at the sign-in: a code of the app, a recovery code, or neither (null). Either is used up by it. */
export async function useCode(
  id: number,
  typed: string,
  key: string,
): Promise<'code' | 'recovery code' | null> {
  if (!isAppCode(typed)) return (await useRecoveryCode(id, typed)) ? 'recovery code' : null;
  const { totpSecret, totpSince, totpStep } = await rowOf(id);
  const period = totpSince && periodOf(totpSecret && unseal(totpSecret, key, ownerOf(id)), typed, totpStep);
  if (!period) return null;
  // Of two requests with the same code at the same moment one moves the period on.
  const { count } = await db.user.updateMany({
    where: { id, totpStep: { lt: period } },
    data: { totpStep: period },
  });
  return count === 1 ? 'code' : null;
}

function isAppCode(typed: string): boolean {
  return /^\d{6}$/.test(digitsOf(typed));
}

/** Apps show 123 456. */
function digitsOf(typed: string): string {
  return typed.replace(/[\s-]/g, '');
}

/** Which 30 seconds since 1970 the code is of, or null when it is of none near, or of one that was used already. */
function periodOf(secret: string | null, typed: string, lastPeriod: number): number | null {
  if (!secret || !isAppCode(typed)) return null;
  const totp = new TOTP({ ...CODES, secret: Secret.fromBase32(secret) });
  const timestamp = Date.now();
  const delta = totp.validate({ token: digitsOf(typed), timestamp, window: WINDOW });
  if (delta === null) return null;
  const period = totp.counter({ timestamp }) + delta;
  return period > lastPeriod ? period : null;
}

function rowOf(id: number) {
  return db.user.findUniqueOrThrow({
    where: { id },
    select: { totpSecret: true, totpSince: true, totpStep: true },
  });
}

function ownerOf(id: number): string {
  return `user ${id}`;
}
