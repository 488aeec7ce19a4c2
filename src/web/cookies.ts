import type { CookieOptions } from 'express';

export type Cookie = { name: string; options: CookieOptions };

/** A cookie of this host's alone, out of reach of scripts, and not sent by other sites' forms; in production by https alone. */
export function ownCookie(name: string, env: string): Cookie {
  const secure = env === 'production';
  return {
    name: secure ? `__Host-${name}` : name,
    options: { httpOnly: true, sameSite: 'lax', secure, path: '/' },
  };
}
