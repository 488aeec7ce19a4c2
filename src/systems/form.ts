import { z } from 'zod';
import { choice, isWebAddress, line, listed, text } from '../web/form.js';

export const LIFECYCLES = ['experimental', 'production', 'deprecated', 'retired'] as const;

export type Link = { label: string; url: string };

export const systemForm = z.object({
  name: line('Name', { max: 120 }),
  lifecycle: choice('Lifecycle', LIFECYCLES),
  team: line('Owner team', { max: 100, required: false }),
  description: text('Description'),
  links: listed(text('Links', { max: 5_000 }), '\n').transform((value, context) => {
    const links = value
      .split('\n')
      .map((row) => row.trim())
      .filter(Boolean)
      .map(linkIn);
    const wrong = links.findIndex((link) => !isWebAddress(link.url));
    if (wrong < 0) return links;
    context.addIssue({
      code: 'custom',
      message: `Link ${wrong + 1} must end in an address that begins with https://, like “Runbook https://example.com/run”.`,
    });
    return z.NEVER;
  }),
  tags: listed(line('Tags', { max: 500, required: false }), ', ').transform((value) => [
    ...new Set(
      value
        .toLowerCase()
        .split(/[,\s]+/)
        .filter(Boolean),
    ),
  ]),
});

export type SystemInput = z.infer<typeof systemForm>;

/** A record as the form shows it. */
export function systemValues(system: {
  name: string;
  lifecycle: string;
  team: string | null;
  description: string;
  links: Link[];
  tags: string[];
}): Record<string, string> {
  return {
    name: system.name,
    lifecycle: system.lifecycle,
    team: system.team ?? '',
    description: system.description,
    links: system.links.map((link) => `${link.label} ${link.url}`.trim()).join('\n'),
    tags: system.tags.join(', '),
  };
}

/** “Runbook https://example.com/run”: the last word is the address, what stands before it the label. */
function linkIn(row: string): Link {
  const words = row.split(/\s+/);
  const url = words.pop() ?? '';
  return { label: words.join(' '), url };
}
