import type { Request } from 'express';

/** `/plans/17-one-dyno`: the number finds the record, the words are for people and may change. */
export function addressOf(noun: string, record: { id: number; name: string }): string {
  const isPlain = /^[ -~]*$/.test(record.name);
  const plain = isPlain ? record.name : record.name.normalize('NFKD').replace(/\p{M}/gu, '');
  const words = (plain.toLowerCase().match(/[a-z0-9]+/g) ?? []).join('-').slice(0, 60);
  return `/${noun}/${record.id}${words ? `-${words}` : ''}`;
}

/** The number at the head of `17-one-dyno`, or null when there is none. */
export function idIn(segment: string): number | null {
  const digits = /^(\d{1,10})(-|$)/.exec(segment)?.[1];
  const id = Number(digits);
  return digits && id <= 2_147_483_647 ? id : null;
}

/** The id that a parameter of the address holds; 0, which no record has, when it holds none. */
export function idOf(req: Request, parameter: string): number {
  return idIn(String(req.params[parameter])) ?? 0;
}

/** Where to go after signing in: a path of this site, whatever was asked for. */
export function pathOfThisSite(wanted: unknown): string {
  if (typeof wanted !== 'string' || !wanted.startsWith('/')) return '/';
  const base = 'http://this.invalid';
  const url = URL.canParse(wanted, base) ? new URL(wanted, base) : null;
  // Browsers read a backslash and a doubled slash as the start of another host.
  return url?.origin === base && !url.pathname.startsWith('//') ? url.pathname + url.search : '/';
}
