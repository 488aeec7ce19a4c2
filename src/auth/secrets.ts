import { hash, randomBytes } from 'node:crypto';

/** What somebody holds to be let in by: 256 bits of chance, as text that stands in an address or a cookie as it is. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is kept of a secret instead of it: nobody gets in by what the database holds. A plain hash will do, as there is nothing to guess. */
export function hashOf(secret: string): string {
  return hash('sha256', secret, 'base64url');
}
