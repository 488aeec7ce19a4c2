import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../src/domain/model.js';
import { packParts } from '../src/domain/packing/packing.js';
import { diagramOf } from '../src/domain/pictures/diagram-layout.js';
import { legendOf } from '../src/domain/pictures/diagram-legend.js';
import { machinesPictureOf } from '../src/domain/pictures/machines-picture.js';
import { render } from '../src/web/render.js';
import { itsTheFuture, partNamed, planOf } from './domain/worked-example.js';

const css = readFileSync(new URL('../public/pictures.css', import.meta.url), 'utf8');
const partHref = (name: string) => `/plans/1?down=${encodeURIComponent(name)}`;
const diagram = diagramOf(itsTheFuture, { weak: ['lb-db'] });
const picture = machinesPictureOf(itsTheFuture, packParts(itsTheFuture.parts, itsTheFuture.machineType));

describe('a diagram on a page', () => {
  const html = render('pictures/diagram', { diagram, id: 'plan', partHref });

  it('is well-formed and says nothing in style attributes', () => {
    expectBalanced(html);
    expect(html).not.toMatch(/\sstyle=|<style|<script/);
  });

  it('links every part', () => {
    for (const { name } of itsTheFuture.parts) expect(html).toContain(`href="${partHref(name)}"`);
    expect(html.match(/<a /g)).toHaveLength(itsTheFuture.parts.length);
  });

  it('has a title and a description that its group is labelled by, and ids of its own', () => {
    expect(html).toContain('role="group" aria-labelledby="plan-title" aria-describedby="plan-desc"');
    expect(html).toContain('<title id="plan-title">It&#39;s the future</title>');
    expect(html).toContain('22 parts, 42 connections: 32 hard, 10 soft.');
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of html.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(id);
  });

  it('escapes names', () => {
    const name = `<script>alert("1")</script>&'`;
    const plan = planOf([partNamed(name), partNamed('b')], {
      name,
      connections: [{ from: name, to: 'b', strength: 'soft', origin: 'guessed' }],
      entries: [{ name, parts: [name] }],
      machineType: itsTheFuture.machineType,
    });
    const pages = [
      render('pictures/diagram', { diagram: diagramOf(plan, { weak: [name] }), id: 'x', partHref }),
      render('pictures/machines', {
        picture: machinesPictureOf(plan, packParts(plan.parts, plan.machineType)),
        id: 'y',
      }),
    ];
    for (const page of pages) {
      expect(page).not.toContain('<script');
      expect(page).toContain('&lt;script&gt;');
      expectBalanced(page);
    }
  });

  it.each([
    ['list', 150],
    ['kinds', 2100],
  ])('is well-formed as %s', (form, count) => {
    const many = diagramOf(planOf(Array.from({ length: count }, (_, i) => partNamed(`p${i}`))));
    expect(many.form).toBe(form);
    expectBalanced(render('pictures/diagram', { diagram: many, id: 'many', partHref }));
  });

  it('strikes out what stops', () => {
    const down = {
      parts: ['etcd'],
      stopped: ['postgres'],
      degraded: ['coredns'],
      entriesLost: ['browse'],
      entriesDegraded: ['deploy'],
    };
    const html = render('pictures/diagram', {
      diagram: diagramOf(itsTheFuture, { down }),
      id: 'down',
      partHref,
    });
    expectBalanced(html);
    for (const state of ['is-down', 'is-stopped', 'is-degraded', 'is-dimmed', 'is-lost'])
      expect(html).toContain(state);
    expect(html).toContain('It&#39;s the future, with etcd down');
  });
});

describe('the machines on a page', () => {
  it('are well-formed, named, and an image to a screen reader', () => {
    const html = render('pictures/machines', { picture, id: 'machines' });
    expectBalanced(html);
    expect(html).toContain('role="img" aria-labelledby="machines-title machines-desc"');
    expect(html).toContain('8 machines with 50 containers.');
    expect(html.match(/class="box /g)).toHaveLength(53);
  });

  it('are well-formed when there are none, few of unknown size, or very many', () => {
    const many: Plan = planOf([partNamed('s', { replicas: 4000, memoryMib: 512 })], {
      machineType: itsTheFuture.machineType,
    });
    for (const plan of [
      planOf([]),
      planOf([partNamed('a', { memoryMib: null, containersPerReplica: 2 })]),
      many,
    ]) {
      const packing = packParts(plan.parts, plan.machineType);
      expectBalanced(render('pictures/machines', { picture: machinesPictureOf(plan, packing), id: 'm' }));
    }
  });
});

describe('a legend', () => {
  it('names every kind that occurs', () => {
    const html = render('pictures/legend', { legend: legendOf(diagram) });
    expectBalanced(html);
    for (const word of ['cluster control', 'load balancer', 'single point of failure', 'goes on with less']) {
      expect(html).toContain(word);
    }
    expect(html).not.toContain('guessed');
  });
});

describe('a picture as a file', () => {
  it.each(['diagram', 'machines'])('carries its own style and needs nothing else: %s', (which) => {
    const svg = render('pictures/standalone', {
      picture: which,
      diagram,
      machinesPicture: picture,
      partHref: () => null,
      css,
    });
    expect(svg.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n<svg ')).toBe(true);
    expect(svg).toContain('xmlns="http://www.w3.org/2000/svg"');
    expect(svg).toContain('--kind-database');
    expect(svg).not.toMatch(/<a |<div|https?:\/\/(?!www\.w3\.org)/);
    expectBalanced(svg.replace(/^<\?xml.*\?>/, ''));
  });
});

describe('the colours of the pictures', () => {
  const [light, dark] = css.split('prefers-color-scheme: dark');
  const schemes = { light: valuesIn(light!), dark: valuesIn(dark!.slice(0, dark!.indexOf('\n}'))) };

  it.each(Object.entries(schemes))('can be read on their paper: %s', (_scheme, values) => {
    const paper = values.get('--picture-paper')!;
    for (const [name, colour] of values) {
      if (/paper|line|faint/.test(name)) continue;
      // On a card of the same colour, which is tinted 9 % with it (16 % on a machine, where the text is ink).
      expect(contrast(colour, mixed(colour, paper, 0.09)), name).toBeGreaterThanOrEqual(4.5);
    }
    for (const [name, colour] of values) {
      if (!name.startsWith('--kind')) continue;
      expect(contrast(values.get('--picture-ink')!, mixed(colour, paper, 0.16)), name).toBeGreaterThanOrEqual(
        4.5,
      );
    }
  });

  it('exist for every kind of part in both schemes', () => {
    expect([...schemes.dark.keys()]).toEqual([...schemes.light.keys()]);
    for (const kind of new Set(diagram.cards.map((card) => card.kind)))
      expect(schemes.light.has(`--kind-${kind}`)).toBe(true);
  });
});

/** Every tag that opens closes, in order, and every attribute is quoted: what an XML parser would refuse first. */
function expectBalanced(markup: string): void {
  const open: string[] = [];
  const rest = markup
    .replace(/<style>[^<]*<\/style>/g, '')
    .replace(
      /<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g,
      (_, end, name, _attributes, empty) => {
        if (end) expect(open.pop()).toBe(name);
        else if (!empty) open.push(name);
        return '';
      },
    );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]/);
  expect(rest).not.toMatch(/&(?!(amp|lt|gt|#\d+|quot);)/);
}

/** Custom properties with a colour, or with one to fall back on. */
function valuesIn(text: string): Map<string, string> {
  const found = text.matchAll(/(--(?:picture|kind)-[\w-]+):[^;#]*(#[0-9a-f]{6})\)?;/g);
  return new Map([...found].map(([, name, colour]) => [name!, colour!]));
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

function mixed(colour: string, paper: string, share: number): string {
  const [a, b] = [channels(colour), channels(paper)];
  return `#${a
    .map((value, i) =>
      Math.round(value * share + b[i]! * (1 - share))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

/** Contrast ratio, WCAG 2.2. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string) => {
    const [red, green, blue] = channels(colour).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
}
