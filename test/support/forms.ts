import type { Test } from 'supertest';
import { expect } from 'vitest';
import type { Browser } from './app.js';
import { type FormChange, look } from './hostile.js';

/** A control of a form, and whether a browser would send it untouched: boxes that are not ticked are not sent. */
export type Control = { name: string; value: string; isSent: boolean };
type Field = [name: string, value: string];

/** What the form for this address holds on this page, or on the one that it leads to; null where there is none. */
export async function formOn(browser: Browser, page: string, address: string): Promise<Control[] | null> {
  const bare = (action: string) => action.replace(/(\/\d+)-[^/]*/g, '$1').replace(/#.*/, '');
  const first = await browser.get(page);
  const { text } = first.status === 303 ? await browser.get(first.headers.location ?? '') : first;
  for (const [, attributes = '', inside = ''] of text.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)) {
    const action = / action="([^"]+)"/.exec(attributes)?.[1] ?? '';
    if (!attributes.includes('method="post"') || bare(action) !== address) continue;
    const id = / id="([^"]+)"/.exec(attributes)?.[1];
    return id ? [...controlsIn(inside), ...controlsIn(text, ` form="${id}"`)] : controlsIn(inside);
  }
  return null;
}

function controlsIn(html: string, having = ''): Control[] {
  const controls = html.matchAll(
    /<(input|textarea|select)([^>]* name="([^"]+)"[^>]*)>([\s\S]*?)(?=<(?:input|textarea|select)|$)/g,
  );
  return [...controls]
    .filter(([, , attributes = '', name]) => {
      return name !== '_csrf' && !attributes.includes('type="file"') && attributes.includes(having);
    })
    .map(([, kind, attributes = '', name = '', rest = '']) => {
      const chosen = /<option value="([^"]*)" selected/.exec(rest) ?? /<option value="([^"]*)"/.exec(rest);
      const written = kind === 'input' ? / value="([^"]*)"/.exec(attributes) : /^([^<]*)/.exec(rest);
      const isBox = /type="(?:checkbox|radio)"/.test(attributes);
      return {
        name,
        value: decoded((kind === 'select' ? chosen : written)?.[1] ?? '').trim(),
        isSent: !isBox || / checked/.test(attributes),
      };
    });
}

const ENTITIES: Record<string, string> = {
  '&#34;': '"',
  '&#39;': "'",
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
};

function decoded(text: string): string {
  return text.replace(/&(?:#34|#39|lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}

/** The fields that are sent: what is `known` stands in the empty ones and ticks boxes, and what the change has stands in others. */
export function filled(controls: Control[], known: Record<string, string>, change: FormChange): Field[] {
  const isKnown = ({ name }: Control) => name in known || name === 'token' || name === 'id';
  const open = change.changesKnown ? controls : controls.filter((control) => !isKnown(control));
  const at = ([n, value]: [number, string]): Field[] => {
    const name = open[n % open.length]?.name;
    return name === undefined ? [] : [[name, value]];
  };
  const values = new Map(change.instead.flatMap(at));
  const sent = controls.filter(({ name, isSent }) => isSent || values.has(name) || name in known);
  return [
    ...sent.map(({ name, value }): Field => [name, values.get(name) ?? (value || (known[name] ?? ''))]),
    ...change.twice.flatMap(at),
    ...change.beside,
  ];
}

/** Sends a form, and looks at what comes of it. Gives the first answer. */
export async function send(sender: Browser, address: string, fields: [string, string][]) {
  const body = new URLSearchParams([['_csrf', sender.token()], ...fields]).toString();
  const answer = await sender.agent.post(address).type('form').send(body);
  expect(answer.text, address).not.toContain('belongs to a session that has ended');
  await follow(sender, address, answer);
  return answer;
}

/** What it says is wrong; null where nothing is. */
export function refusalIn({ status, text }: Awaited<Test>): string | null {
  return status < 400 ? null : `${status} ${text.match(/<p class="error[^<]+|<h1>[^<]+/g)?.join()}`;
}

/** Looks at an answer, and at the page that it leads to. */
export async function follow(browser: Browser, address: string, answer: Awaited<Test>): Promise<void> {
  look(address, answer);
  const next: string | undefined = answer.headers.location;
  if (next?.startsWith('/')) look(next, await browser.get(next));
}
