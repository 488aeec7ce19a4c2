import type { Request } from 'express';
import passport from 'passport';
import { Strategy as LocalStrategy } from 'passport-local';
import { db, read } from '../db/client.js';
import type { Settings } from '../settings.js';
import { type Account, addressKey, findAccount } from './accounts.js';
import { type HashCost, hashPassword, isOutdated, isPassword } from './passwords.js';
import { authOf } from './signing-in.js';

// Whose an address and a password are.

/**
 * The account with this address and password, or null: which of the two was wrong is not told, and both take as long. The generation is the one that
 * was read with the hash. A hash of another cost than is asked for now is made anew.
 */
export async function findByPassword(
  email: string,
  password: string,
  cost: HashCost,
): Promise<Account | null> {
  const [user] = await read<{ id: number; hash: string | null; generation: number }[]>`
    SELECT id, password_hash AS hash, generation FROM users WHERE lower(email) = ${addressKey(email)} AND left_at IS NULL`;
  const isTheirs = await isPassword(user?.hash ?? null, password, cost);
  if (!isTheirs || !user?.hash) return null;
  if (isOutdated(user.hash, cost)) {
    // Only in place of the one that was checked: it may have been changed meanwhile.
    const passwordHash = await hashPassword(password, cost);
    await db.user.updateMany({ where: { id: user.id, passwordHash: user.hash }, data: { passwordHash } });
  }
  const account = await findAccount(user.id);
  // By now the account may have another password, and be of another generation.
  return account && { ...account, generation: user.generation };
}

/** A passport that knows passwords as providers/ has it know others: all who come in are asked for in one way. */
export function newPassport({ passwords }: Settings): passport.Authenticator {
  const ours = new passport.Passport();
  ours.use(
    new LocalStrategy({ usernameField: 'email' }, (email, password, done) => {
      findByPassword(email, password, passwords).then((account) => done(null, account ?? false), done);
    }),
  );
  return ours;
}

/**
 * The account of the address and the password in a form, by passport, which reads them and asks `findByPassword`; null when they belong to nobody.
 * Counts nothing: its caller takes a try before.
 */
export function authenticate(req: Request): Promise<Account | null> {
  return new Promise((resolve, reject) => {
    const done = (error: unknown, account: Account | false) =>
      error ? reject(error) : resolve(account || null);
    authOf(req).passport.authenticate('local', { session: false }, done)(req, req.res, reject);
  });
}
