import supertest from 'supertest';
import { findAccount, type Person } from '../../src/auth/accounts.js';
import { makeToken, type Scope } from '../../src/auth/tokens/tokens.js';
import { app } from './app.js';

/** A program with a token of this person's: sends JSON, keeps nothing. */
export async function aProgram(person: Person, scope: Scope = 'write') {
  const account = await findAccount(person.id);
  const asked = { name: `${scope} of ${person.name}`, scope, days: 30 };
  const text = account && (await makeToken(account, asked, { userId: person.id, address: '' }));
  if (text === null) throw new Error('too many tokens');
  return { text, ...withToken(text) };
}

export function withToken(text: string) {
  const headers = { Authorization: `Bearer ${text}` };
  return {
    get: (path: string, more: Record<string, string> = {}) =>
      supertest(app)
        .get(path)
        .set({ ...headers, ...more }),
    post: (path: string, body?: object, more: Record<string, string> = {}) => {
      const asked = supertest(app)
        .post(path)
        .set({ ...headers, ...more });
      return body ? asked.send(body) : asked;
    },
  };
}
