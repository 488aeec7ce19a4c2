import { createAccount, isSignUpOpen } from '../src/auth/accounts.js';

/** Who signs in to the demo. Only ever made on an embedded, empty database. */
export const DEMO_ACCOUNT = { name: 'Demo', email: 'demo@example.com', password: 'it is just a CRUD app' };

/** Loads the demo story into an empty database. What is there already is left alone. */
export async function tellStory(): Promise<void> {
  if (!(await isSignUpOpen())) return;
  await createAccount({ ...DEMO_ACCOUNT, role: 'admin' });
}
