import fc from 'fast-check';
import type { Response } from 'supertest';
import { expect } from 'vitest';

/** Held by hostile texts: as it stands it would break out of an attribute and of an element, and be HTML within Markdown. */
export const MARK = '"m7k<m7k>';
const BROKEN_OUT =
  /<m7k|"m7k|<script(?! src="\/)|<svg onload|(?:href|src|action)="\s*(?:javascript|data|vbscript):/i;
/** A cell that a spreadsheet would count. */
const FORMULA = /(?:^|,)"?=m7k/m;

/** A text of which somebody hopes that it is more than one, a number that is none, or anything. */
export const text = fc.oneof(
  fc.constantFrom(
    MARK,
    `'"></textarea></script><script>${MARK}</script>`,
    `javascript:${MARK}`,
    `[a](javascript:m7k) <svg onload=m7k> ![](x${MARK}) <http://a.example/${MARK}>`,
    `=m7k("http://a.example/${MARK}")`,
    `'; DROP TABLE users; -- ${MARK}`,
    `${MARK}\0`,
    'web\0',
    `${MARK}\u202e\u0301\ufeff\u2028\u{1f600}`,
    `x\r\nBcc: m7k@example.com\r\nSet-Cookie: m7k=1\r\n\r\n${MARK}`,
    MARK.repeat(400),
    `https://a.example/${MARK}`,
    '{"__proto__":{"message":"m7k"},"name":[1],"toString":{}}',
    'services: {a: {image: "<m7k \\"m7k>"}}',
  ),
  fc.constantFrom('', ' ', '-0', '1e308', '-1e999', 'NaN', 'Infinity', '0x10', '1e-400', '9007199254740993'),
  fc.constantFrom('2147483647', '2147483648', '99999999999999999999', '0.1', '1,000', '٣', '0000-00-00'),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.double().map(String),
);

/** What JSON may hold where a text is asked for. */
const value: fc.Arbitrary<unknown> = fc.oneof(
  text,
  fc.constantFrom(null, true, [], {}, [[]], [MARK], { name: MARK }, -1, 1e300, 2 ** 53),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Names that no form has, and that nothing may be set by. */
const strange = fc.constantFrom<string>(
  '__proto__',
  'constructor',
  'id',
  'planId',
  'userId',
  'role',
  'confirmedAt',
  'deletedAt',
  'a[b]',
  'format',
  '',
);

const nth = fc.nat();

/** What a form is sent with: by the number of the field what stands in it instead, fields twice, and fields beside, some of them there already. */
export const ofAForm = fc.record({
  /** Whether what is known is changed as well: else a password stays right, and a link good. */
  changesKnown: fc.boolean(),
  instead: fc.array(fc.tuple(nth, text), { minLength: 1, maxLength: 3 }),
  twice: fc.array(fc.tuple(nth, text), { maxLength: 1 }),
  beside: fc.array(fc.tuple(strange, text), { maxLength: 2 }),
});
export type FormChange = typeof ofAForm extends fc.Arbitrary<infer T> ? T : never;
export const UNTOUCHED: FormChange & JsonChange = { changesKnown: false, instead: [], twice: [], beside: [] };

/** What JSON is sent with: something else in up to two of its places, fields beside. */
export const ofJson = fc.record({
  instead: fc.array(fc.tuple(nth, value), { minLength: 1, maxLength: 2 }),
  beside: fc.array(fc.tuple(strange, value), { maxLength: 2 }),
});
export type JsonChange = typeof ofJson extends fc.Arbitrary<infer T> ? T : never;

/** The same with what a change has put in its places, as text: `__proto__` is a field like any other in it. */
export function jsonWith(body: object, { instead, beside }: JsonChange): string {
  const changed = structuredClone(body);
  for (const [n, value] of instead) {
    const places = placesIn(changed);
    const place = places[n % places.length];
    if (place) place.in[place.name] = structuredClone(value);
  }
  const fields = beside.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const own = JSON.stringify(changed).slice(1, -1);
  return `{${[...(own ? [own] : []), ...fields].join()}}`;
}

type Place = { in: Record<string, unknown>; name: string };

function placesIn(body: object): Place[] {
  return Object.entries(body).flatMap(([name, value]) => [
    { in: body as Place['in'], name },
    ...(typeof value === 'object' && value !== null ? placesIn(value) : []),
  ]);
}

/** Bodies that say they are JSON. */
export const BODIES = [
  '',
  'null',
  '[]',
  '"m7k"',
  '{',
  '{"name":"m7k"}\0',
  '{"name":"\\ud800"}',
  '{"name":1e999}',
  '{"name":"a","name":["b"]}',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `{"name":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`,
  '{"constructor":{"prototype":{"role":"admin"}},"__proto__":{"role":"admin"}}',
];

/** A file, its name as it stands in the request, and the kind that it says it is. */
export const file = fc.record({
  name: fc.oneof(
    fc.constantFrom('compose.yaml', 'app.json', 'Procfile', '.env', '../../../etc/passwd', 'a/b\\c.yml'),
    fc.constantFrom('__proto__', `${MARK}.yml`, '', '.', 'x'.repeat(5_000), 'con.yaml', 'm7k\r\nX: y'),
    text,
  ),
  type: fc.constantFrom<string>(
    'text/html',
    'application/json',
    'image/svg+xml',
    'multipart/mixed; boundary=x',
    '',
  ),
  content: fc.oneof(
    text,
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom(
      `services: {web: {image: '${MARK}', depends_on: [db], __proto__: {a: 1}}, db: {image: postgres}}`,
      'services: &a {web: *a}',
      'a: &a [x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nservices: {web: {command: *c}}',
      '%YAML 9.9\n---\n!!js/function m7k',
      '\ufeffapiVersion: apps/v1\nkind: Deployment\nmetadata: {name: [m7k]}\nspec: {replicas: -1}',
      '{"formation": {"web": {"quantity": 1e9, "size": {}}}, "addons": [null, 1, {"plan": []}]}',
      `{"name": ${JSON.stringify(MARK)}, "parts": [{"name": "__proto__"}, null], "connections": {}}`,
    ),
    fc.json({ maxDepth: 4 }),
  ),
});

/** Never an error of ours, never half a page, never a text that became more than text. */
export function look(address: string, { status, type, text, body, headers }: Response): void {
  const seen = text ?? String(body);
  expect({ address, isOurs: status >= 500 }).toEqual({ address, isOurs: false });
  const cookies: string[] = [headers['set-cookie'] ?? []].flat();
  expect(cookies.filter((cookie) => cookie.startsWith('m7k'))).toEqual([]);
  if (type === 'text/html') expect(seen.trimEnd().slice(-7), address).toBe('</html>');
  if (type === 'application/json') return void JSON.parse(seen);
  const brokenOut = (type === 'text/csv' ? FORMULA : BROKEN_OUT).exec(seen)?.[0];
  expect({ address, brokenOut }).toEqual({ address, brokenOut: undefined });
}
