import { hash, randomBytes } from 'node:crypto';

// A secret is what a session's cookie, a step's, a link or a token holds; the database has only its hash.

/** A new secret: 256 bits of chance, as text that stands in an address or a cookie as it is. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is kept of a secret instead of it. A plain hash will do, as there is nothing to guess. */
export function hashOf(secret: string): string {
  return hash('sha256', secret, 'base64url');
}
