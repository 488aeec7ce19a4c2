import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { db } from '../../db/client.js';
import { unlessViolated } from '../../db/violations.js';
import { type Account, findAccount, holdUnchanged } from '../accounts.js';
import { type From, record } from '../trail.js';
import { hasOtherWayIn, type Provider, type RelyingParty } from '../ways-in.js';

// Passkeys (WebAuthn): one signs in with what unlocks the device. The device asks for a finger, a face or a PIN, so a passkey is both factors.

export type Passkey = { id: string; name: string; createdAt: Date; usedAt: Date | null };

/** The person's passkeys. */
export function listPasskeys(userId: number): Promise<Passkey[]> {
  return db.passkey.findMany({
    where: { userId },
    select: { id: true, name: true, createdAt: true, usedAt: true },
    orderBy: { createdAt: 'asc' },
  });
}

/** ES256 and RS256: every device makes one of them, and every Node checks both. */
const ALGORITHMS = [-7, -257];

/** What the browser is asked to make a passkey by. */
export async function registrationOptions(
  party: RelyingParty,
  { id, name, email }: Account,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await library();
  const known = await db.passkey.findMany({ where: { userId: id }, select: { id: true, transports: true } });
  return generateRegistrationOptions({
    rpName: 'Moving Parts',
    rpID: party.id,
    userID: new Uint8Array(Buffer.from(handleOf(id))),
    userName: email,
    userDisplayName: name,
    excludeCredentials: known,
    supportedAlgorithmIDs: ALGORITHMS,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
}

/** `refused` is why, for the log: what the library says of an answer that does not fit. */
type Registered = 'added' | 'known already' | { refused: string };

/** Keeps the passkey that the browser has made for this challenge. */
export async function register(
  party: RelyingParty,
  account: Account,
  made: { name: string; credential: RegistrationResponseJSON; challenge: string },
  from: From,
): Promise<Registered> {
  const { verifyRegistrationResponse } = await library();
  const checked = await orWhy(() =>
    verifyRegistrationResponse({
      response: made.credential,
      expectedChallenge: made.challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      supportedAlgorithmIDs: ALGORITHMS,
      requireUserVerification: true,
    }),
  );
  if ('refused' in checked) return checked;
  if (!checked.verified) return { refused: 'the attestation does not hold' };
  const { id, publicKey, counter, transports = [] } = checked.registrationInfo.credential;
  const key = { id, publicKey, counter: BigInt(counter), transports };
  return unlessViolated('passkeys_pkey', 'known already', async () => {
    await db.$transaction(async (tx) => {
      await holdUnchanged(tx, account);
      await tx.passkey.create({ data: { ...key, userId: account.id, name: made.name } });
      await record(tx, from, 'changed', account, { after: { passkeyAdded: made.name } });
    });
    return 'added';
  });
}

/** What the browser is asked to sign in by: any passkey that it has for this address. */
export async function authenticationOptions(
  party: RelyingParty,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await library();
  return generateAuthenticationOptions({ rpID: party.id, userVerification: 'required' });
}

/** Whose passkey it is, if it is anybody's. `refused` is why it opens nothing, for the log. */
export type Shown = { account: Account } | { refused: string; account: Account | null };

/**
 * Checks a passkey against this challenge, and keeps that it was used. A signature counter that does not go up is refused: there may be a
 * copy of the device. Those that are kept in a cloud have none, and say 0 always.
 */
export async function checkPasskey(
  party: RelyingParty,
  credential: AuthenticationResponseJSON,
  challenge: string,
): Promise<Shown> {
  const passkey = await db.passkey.findUnique({ where: { id: credential.id } });
  const account = passkey && (await findAccount(passkey.userId));
  if (!passkey || !account) return { refused: 'nobody has this passkey', account: null };
  if (!isHandleOf(credential.response.userHandle, account.id))
    return { refused: 'the passkey is of another person', account };
  const { id, publicKey, counter } = passkey;
  const { verifyAuthenticationResponse } = await library();
  const checked = await orWhy(() =>
    verifyAuthenticationResponse({
      response: credential,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      credential: { id, publicKey, counter: Number(counter) },
      requireUserVerification: true,
    }),
  );
  if ('refused' in checked) return { ...checked, account };
  if (!checked.verified) return { refused: 'the signature does not hold', account };
  const { count } = await db.passkey.updateMany({
    where: { id, counter },
    data: { counter: BigInt(checked.authenticationInfo.newCounter), usedAt: new Date() },
  });
  return count === 1 ? { account } : { refused: 'it was used twice at the same moment', account };
}

/** Takes a passkey of theirs away, unless nothing else lets them in. Null when they have none such. */
export async function removePasskey(
  account: Account,
  id: string,
  providers: Provider[],
  from: From,
): Promise<'removed' | 'last way in' | null> {
  return db.$transaction(async (tx) => {
    const isLast = !(await hasOtherWayIn(tx, account.id, { passkey: id }, providers));
    const passkey = await tx.passkey.findFirst({ where: { id, userId: account.id }, select: { name: true } });
    if (!passkey) return null;
    if (isLast) return 'last way in';
    await tx.passkey.delete({ where: { id }, select: { id: true } });
    await record(tx, from, 'changed', account, { after: { passkeyRemoved: passkey.name } });
    return 'removed';
  });
}

/** Loaded when somebody uses a passkey: it is large, and a start is sooner without. */
function library() {
  return import('@simplewebauthn/server');
}

/** The library throws where an answer does not fit, whoever wrote it: then nothing is wrong with us. */
async function orWhy<T>(check: () => Promise<T>): Promise<T | { refused: string }> {
  try {
    return await check();
  } catch (error) {
    return { refused: error instanceof Error ? error.message : 'it cannot be read' };
  }
}

/** What the device files the passkey under, and gives back with it: no name, no address. */
function handleOf(userId: number): string {
  return `moving-parts ${userId}`;
}

function isHandleOf(handle: string | undefined, userId: number): boolean {
  return handle !== undefined && Buffer.from(handle, 'base64url').toString() === handleOf(userId);
}
