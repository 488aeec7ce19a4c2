import { beforeAll, describe, expect, test } from 'vitest';
import { db } from '../src/db/client.js';
import { render } from '../src/web/render.js';
import { app, signedIn, useApp, visitor } from './support/app.js';
import { aPlan } from './support/factories.js';
import { NO_EXPLOSION_MS } from './support/processor-time.js';
import { aProgram } from './support/program.js';

useApp();

type Somebody = Awaited<ReturnType<typeof signedIn>>;

let viewer: Somebody;
let editor: Somebody;
let admin: Somebody;
beforeAll(async () => {
  viewer = await signedIn('viewer');
  editor = await signedIn('editor');
  admin = await signedIn('admin');
});

const ON = ['plan', 'system'] as const;

/** A plan and its system, of the editor's. */
async function aPlace() {
  const { plan, system } = await aPlan(editor.person);
  return { planId: plan.id, systemId: system.id, plan: `/plans/${plan.id}`, system: `/systems/${system.id}` };
}

/** Says something there; gives the comment's address. */
async function say(by: Somebody, place: string, body = 'Is that so?'): Promise<string> {
  const { headers, status } = await by.post(`${place}/comments`, { body });
  expect(status).toBe(303);
  return `/comments/${/#comment-(\d+)$/.exec(headers.location ?? '')?.[1]}`;
}

const restorationOf = (comment: string) => `${comment}/restoration`;

async function inThePublic(look: (stranger: Awaited<ReturnType<typeof visitor>>) => Promise<void>) {
  app.set('public read', true);
  try {
    await look(await visitor());
  } finally {
    app.set('public read', false);
  }
}

describe('a comment', () => {
  test.each(ON)(
    'is written by a viewer on a %s, and stands there with name, moment and address',
    async (on) => {
      const place = (await aPlace())[on];
      expect((await viewer.get(place)).text).toContain('<h2 id="discussion">Discussion</h2>');
      const comment = await say(viewer, place, 'Who is called at *night*?');
      const page = (await editor.get(place)).text;
      expect(page).toContain(`id="comment-${comment.split('/')[2]}"`);
      expect(page).toContain(`<strong>${viewer.person.name}</strong>`);
      expect(page).toContain('<p>Who is called at <em>night</em>?</p>');
      expect(page).not.toContain('>edited<');
      const one = await editor.get(comment);
      expect(one.text).toContain('<em>night</em>');
      expect(one.text).toContain('#discussion">The discussion</a>');
      const read = (await editor.json(comment)).comment;
      expect(read).toMatchObject({
        name: 'Who is called at *night*?',
        body: 'Who is called at *night*?',
        author: { id: viewer.person.id, name: viewer.person.name },
        isEdited: false,
        version: 1,
        plan: on === 'plan' ? { id: expect.any(Number), name: expect.any(String) } : null,
        system: { id: expect.any(Number), name: expect.any(String) },
      });
    },
  );

  test('is written into the same form below a discussion as where something is wrong with it', async () => {
    const { plan } = await aPlace();
    const page = (await viewer.get(plan)).text;
    const token = /name="_csrf" value="([^"]+)"/.exec(page)?.[1];
    const form = render('comments/_form', { form: { values: {}, errors: {} }, csrfToken: () => token });
    const close = (html: string) => html.trim().replace(/\s+/g, ' ').replaceAll('> <', '><');
    expect(close(page)).toContain(close(form));
  });

  test('holds no HTML of its own, neither in its place nor alone', async () => {
    const { plan } = await aPlace();
    const comment = await say(
      viewer,
      plan,
      '# Big\n<script>alert(1)</script> <img src=x onerror=y> [a](javascript:b)',
    );
    for (const path of [plan, comment, `${plan}/comments`, `${comment}/edit`, `${comment}/deletion`]) {
      const page = await viewer.get(path);
      expect({ path, status: page.status }).toEqual({ path, status: 200 });
      expect(page.text).not.toMatch(/<script>alert|<img src=x|href="javascript:/);
    }
    expect((await viewer.get(plan)).text).toContain('<h3>Big</h3>');
    expect((await viewer.get(comment)).text).toContain('<h2>Big</h2>');
  });

  test('that is empty or too long is told so, and what was typed is kept', async () => {
    const { plan } = await aPlace();
    const empty = await viewer.post(`${plan}/comments`, { body: ' \n ' });
    expect(empty.status).toBe(422);
    expect(empty.text).toContain('Comment cannot be empty.');
    const long = `It begins here. ${'x'.repeat(5_000)}`;
    const refused = await viewer.post(`${plan}/comments`, { body: long });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('Comment is too long: 5,000 characters at most.');
    expect(refused.text).toContain('It begins here. xxx');
    expect((await viewer.post(`${plan}/comments`)).text).toContain('Comment is missing.');
    const comment = await say(viewer, plan);
    const edited = await viewer.post(comment, { body: '', version: 1 });
    expect([edited.status, edited.text.includes('Comment cannot be empty.')]).toEqual([422, true]);
    expect(await db.comment.count({ where: { plan: { id: Number(plan.split('/')[2]) } } })).toBe(1);
  });

  test('leaves the plan’s revision as it is: no bill is counted again for it', async () => {
    const { plan, planId } = await aPlace();
    const { revision } = await db.plan.findUniqueOrThrow({ where: { id: planId } });
    const comment = await say(viewer, plan);
    const writes = [
      await viewer.post(comment, { body: 'Or so?', version: 1 }),
      await viewer.post(`${comment}/deletion`),
      await viewer.post(restorationOf(comment)),
    ];
    expect(writes.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect((await db.plan.findUniqueOrThrow({ where: { id: planId } })).revision).toBe(revision);
  });

  test('stands on one thing: the database takes none on nothing, and none on two', async () => {
    const { planId, systemId } = await aPlace();
    for (const on of [{}, { planId, systemId }])
      await expect(db.comment.create({ data: { body: 'x', ...on } })).rejects.toThrow('comments_one_holder');
  });

  test.each([
    ['Short enough', 'Short enough'],
    ['A line\nand another', 'A line…'],
    ['x'.repeat(60), 'x'.repeat(60)],
    ['x'.repeat(61), `${'x'.repeat(60)}…`],
    ['🦀'.repeat(61), `${'🦀'.repeat(60)}…`],
    [`${'x'.repeat(59)}\nmore`, `${'x'.repeat(59)}…`],
  ])('is called by how it begins, deleted or not: %j', async (body, name) => {
    const { plan } = await aPlace();
    const comment = await say(viewer, plan, body);
    expect((await viewer.json(comment)).comment.name).toBe(name);
    await viewer.post(`${comment}/deletion`);
    const [deleted] = (await viewer.json('/deletions?noun=comments')).rows;
    expect(`/comments/${deleted.id}`).toBe(comment);
    expect(deleted.name).toBe(name);
  });
});

describe('whose a comment is', () => {
  test('its author edits it, which is told, and nobody else does: not an editor, not an admin', async () => {
    const { plan } = await aPlace();
    const comment = await say(viewer, plan, 'First');
    expect((await viewer.get(plan)).text).toContain(`href="${comment}-first/edit"`);
    const form = (await viewer.get(`${comment}/edit`)).text;
    expect(form).toContain('First</textarea>');
    expect(form).toContain(`<a href="${comment}-first">Cancel</a>`);
    for (const other of [editor, admin]) {
      expect((await other.get(plan)).text).not.toContain(`href="${comment}-first/edit"`);
      expect((await other.get(`${comment}/edit`)).status).toBe(403);
      const refused = await other.post(comment, { body: 'Theirs', version: 1 });
      expect(refused.status).toBe(403);
      expect(refused.text).toContain('somebody else’s comment');
    }
    const saved = await viewer.postAndSee(comment, { body: 'Second', version: 1 });
    expect(saved.text).toContain('<p>Second</p>');
    expect(saved.text).toContain('>edited</span>');
    expect((await viewer.json(comment)).comment).toMatchObject({
      body: 'Second',
      isEdited: true,
      version: 2,
    });
  });

  test('its author or an admin deletes it, and nobody else', async () => {
    const { plan } = await aPlace();
    const byEditor = await say(editor, plan, 'Mine');
    const byViewer = await say(viewer, plan, 'Yours');
    expect((await editor.get(plan)).text).toContain(`href="${byEditor}-mine/deletion"`);
    expect((await editor.get(plan)).text).not.toContain(`href="${byViewer}-yours/deletion"`);
    expect((await viewer.get(byEditor)).text).not.toContain('/deletion"');
    for (const [who, comment] of [
      [viewer, byEditor],
      [editor, byViewer],
    ] as const) {
      expect((await who.get(`${comment}/deletion`)).status).toBe(403);
      expect((await who.post(`${comment}/deletion`)).status).toBe(403);
    }
    expect((await admin.get(plan)).text).toContain(`href="${byViewer}-yours/deletion"`);
    const asked = (await admin.get(`${byViewer}/deletion`)).text;
    expect(asked).toContain(`${viewer.person.name} wrote it`);
    expect(asked).toContain(`<a href="${byViewer}-yours">Keep it</a>`);
    const gone = await admin.post(`${byViewer}/deletion`);
    expect(gone.headers.location).toMatch(new RegExp(`^${plan}-.*#discussion$`));
    expect((await admin.get(byViewer)).status).toBe(404);
    expect((await editor.get(plan)).text).not.toContain('Yours');
    expect((await editor.json(`${plan}/comments`)).rows).toMatchObject([{ body: 'Mine' }]);
    expect((await editor.json(`${plan}/deletion`)).within.comments).toBe(1);
    expect((await editor.post(`${byEditor}/deletion`)).status).toBe(303);
  });

  test('who may delete it brings it back, and nobody else is shown a button or may', async () => {
    const { plan } = await aPlace();
    const comment = await say(viewer, plan, 'Backandforth\nand more');
    await viewer.post(`${comment}/deletion`);
    const list = async (who: Somebody) => (await who.get('/deletions?noun=comments&q=backandforth')).text;
    const button = `action="${restorationOf(comment)}"`;
    expect(await list(viewer)).toContain(button);
    expect(await list(admin)).toContain(button);
    // What was taken back is read by nobody else, nor found by its words.
    expect(await list(editor)).not.toContain('Backandforth…');
    const seen = (await editor.get('/deletions?noun=comments')).text;
    expect([seen.includes('Somebody’s comment'), seen.includes(button)]).toEqual([true, false]);
    expect((await editor.post(restorationOf(comment))).status).toBe(403);
    expect((await editor.json('/deletions?noun=comments&q=backandforth')).rows).toEqual([]);
    const [row] = (await editor.json('/deletions?noun=comments')).rows;
    expect(row).toMatchObject({ name: 'Somebody’s comment', by: viewer.person.name, mayRestore: false });
    expect(JSON.stringify(row)).not.toContain('Backandforth');
    expect((await editor.get('/deletions?noun=comments&format=csv')).text).not.toContain('Backandforth');
    expect((await viewer.postAndSee(restorationOf(comment))).text).toContain('Backandforth');
    expect((await viewer.post(restorationOf(comment))).status).toBe(404);
  });

  test('what an admin deleted only an admin brings back, not its author', async () => {
    const { plan } = await aPlace();
    const comment = await say(viewer, plan, 'Better unsaid');
    await admin.post(`${comment}/deletion`);
    const list = async (who: Somebody) => (await who.get('/deletions?noun=comments&q=better unsaid')).text;
    expect(await list(viewer)).not.toContain(restorationOf(comment));
    expect((await viewer.post(restorationOf(comment))).status).toBe(403);
    expect(await list(admin)).toContain(restorationOf(comment));
    expect((await admin.post(restorationOf(comment))).status).toBe(303);
    expect((await viewer.get(comment)).status).toBe(200);
    await viewer.post(`${comment}/deletion`);
    expect((await viewer.post(restorationOf(comment))).status).toBe(303);
  });

  test('of two edits that cross the second is told, and sees both', async () => {
    const { plan } = await aPlace();
    const comment = await say(viewer, plan, 'One');
    await viewer.post(comment, { body: 'Two', version: 1 });
    const late = await viewer.post(comment, { body: 'Three', version: 1, base: '{"body":"One"}' });
    expect(late.status).toBe(409);
    expect(late.text).toContain('Saved by you: <q>Two</q>');
    expect(late.text).toContain('Three</textarea>');
    expect((await viewer.post(comment, { body: 'Three', version: 2 })).status).toBe(303);
  });
});

describe('who reads it', () => {
  test('a visitor does, without names, in pages and in files, and is offered nothing to write with', async () => {
    const { plan, system } = await aPlace();
    for (const place of [plan, system]) {
      const comment = await say(viewer, place, 'Said by somebody');
      await inThePublic(async (stranger) => {
        const paths = [
          place,
          comment,
          `${place}/comments`,
          ...['csv', 'json'].map((as) => `${place}/comments?format=${as}`),
        ];
        for (const path of paths) {
          const { status, text } = await stranger.get(path);
          expect({ path, status, isSaid: text.includes('Said by somebody') }).toEqual({
            path,
            status: 200,
            isSaid: true,
          });
          expect(text).not.toContain(viewer.person.name);
          expect(text).not.toMatch(/<textarea|\/edit"|\/deletion"/);
        }
        expect((await stranger.json(comment)).comment.author).toBeNull();
        expect((await stranger.json(`${place}/comments`)).rows[0].author).toBeNull();
        for (const path of [`${comment}/edit`, `${comment}/deletion`])
          expect((await stranger.get(path)).headers.location).toMatch(/^\/sign-in/);
      });
    }
  });

  test('nothing stands where nothing is said and one may not say anything', async () => {
    const { plan, system } = await aPlace();
    await inThePublic(async (stranger) => {
      for (const place of [plan, system])
        expect((await stranger.get(place)).text).not.toContain('Discussion');
    });
  });

  test('without the name of who left without it, and with the name of who left with it', async () => {
    const { plan } = await aPlace();
    const leaves = async (fields: Record<string, string>) => {
      const somebody = await signedIn('viewer');
      const comment = await say(somebody, plan, 'Farewell');
      const left = await somebody.post('/account/deletion', { password: 'correct horse battery', ...fields });
      expect(left.status).toBe(303);
      return { comment, name: somebody.person.name };
    };
    const kept = await leaves({});
    const nameless = await leaves({ nameless: 'on' });
    const page = (await editor.get(plan)).text;
    expect(page).toContain(kept.name);
    expect(page).toContain('<strong>Somebody who left</strong>');
    for (const path of [plan, nameless.comment, `${plan}/comments?format=csv`, '/changes?noun=comments'])
      expect((await admin.get(path)).text).not.toContain(nameless.name);
  });

  test('goes out of sight with its plan or system, and comes back with it', async () => {
    for (const outer of ['plan', 'system'] as const) {
      const place = await aPlace();
      const comments = [
        await say(viewer, place.plan, 'Within'),
        ...(outer === 'system' ? [await say(viewer, place.system)] : []),
      ];
      const asked = (await editor.get(`${place[outer]}/deletion`)).text;
      expect(asked).toContain(`and ${outer === 'system' ? '2 comments' : '1 comment'}.`);
      await editor.post(`${place[outer]}/deletion`);
      for (const comment of comments) {
        expect((await viewer.get(comment)).status).toBe(404);
        expect((await viewer.post(comment, { body: 'x', version: 1 })).status).toBe(404);
      }
      expect((await viewer.post(`${place.plan}/comments`, { body: 'x' })).status).toBe(404);
      expect((await viewer.get(`${place.plan}/comments`)).status).toBe(404);
      await editor.post(`${place[outer]}/restoration`);
      for (const comment of comments) expect((await viewer.get(comment)).status).toBe(200);
    }
  });

  test('one deleted by itself comes back only when its plan has: the list says what to restore first', async () => {
    const { plan, planId } = await aPlace();
    const comment = await say(viewer, plan, 'Innermost');
    await viewer.post(`${comment}/deletion`);
    await editor.post(`${plan}/deletion`);
    expect((await viewer.post(restorationOf(comment))).status).toBe(404);
    const only = async (who: Somebody) => (await who.json('/deletions?noun=comments')).rows[0];
    expect(await only(viewer)).toMatchObject({
      restoreFirst: { noun: 'plans', id: planId },
      mayRestore: false,
    });
    expect(await only(editor)).toMatchObject({
      restoreFirst: { noun: 'plans', id: planId },
      mayRestore: true,
    });
    await editor.post(`${plan}/restoration`);
    expect((await viewer.post(restorationOf(comment))).status).toBe(303);
  });

  test('a copy of the plan, and the plan as a file, are without', async () => {
    const { plan } = await aPlace();
    await say(viewer, plan, 'Stays where it is');
    const copy = (await editor.post(`${plan}/copies`)).headers.location ?? '';
    expect((await editor.json(`${copy}/comments`)).rows).toEqual([]);
    expect((await editor.get(`${plan}/plan.json`)).text).not.toContain('Stays where it is');
  });
});

describe('a discussion', () => {
  test('stands with its end on the page, the oldest of it first, and is read whole in its list', async () => {
    const { plan, planId } = await aPlace();
    const start = Date.parse('2026-01-01T00:00:00Z');
    await db.comment.createMany({
      data: Array.from({ length: 53 }, (_, n) => ({
        planId,
        authorId: editor.person.id,
        body: `Word ${String(n).padStart(2, '0')}`,
        createdAt: new Date(start + n * 60_000),
        updatedAt: new Date(start - n * 60_000),
      })),
    });
    const page = (await viewer.get(plan)).text;
    const said = [...page.matchAll(/<p>Word (\d+)<\/p>/g)].map(([, n]) => Number(n));
    expect(said).toEqual(Array.from({ length: 50 }, (_, n) => n + 3));
    expect(page).toMatch(new RegExp(`${plan}-[^"]*/comments">All comments</a>`));
    const bodies = (list: { rows: { body: string }[] }) => list.rows.map(({ body }) => body);
    const first = await viewer.json(`${plan}/comments`);
    const second = await viewer.json(first.links.next);
    expect([bodies(first)[0], bodies(second)[0]]).toEqual(['Word 00', 'Word 25']);
    expect(bodies(await viewer.json(`${plan}/comments?sort=-written`))[0]).toBe('Word 52');
    expect(bodies(await viewer.json(`${plan}/comments?sort=updated`))[0]).toBe('Word 52');
    expect(bodies(await viewer.json(`${plan}/comments?q=word 1`))).toHaveLength(10);
    const csv = (await viewer.get(`${plan}/comments?format=csv`)).text.trim().split('\r\n');
    expect([csv.length, csv[0], csv[1]?.includes(`${editor.person.name},Word 00,false,`)]).toEqual([
      54,
      'id,author,comment,edited,written,updated',
      true,
    ]);
    expect((await viewer.get(`${plan}/comments?q=nothing like it`)).text).toContain('No comment matches.');
    expect((await viewer.get(`${plan}/comments`)).text).toContain('</textarea>');
  });

  test('holds no letter that cannot be shown: as JSON each would take six', async () => {
    const { plan } = await aPlace();
    const said = await say(viewer, plan, `A\u0001\u009f\tb\rc${'\u0007'.repeat(4_000)}`);
    expect((await viewer.json(said)).comment.body).toBe('A\tb\nc');
  });

  test('of long comments stands on the page with fewer of them', async () => {
    const { plan, planId } = await aPlace();
    const long = (n: number) => ({
      planId,
      authorId: editor.person.id,
      body: `Word ${n} `.padEnd(5_000, 'x'),
    });
    await db.comment.createMany({ data: Array.from({ length: 11 }, (_, n) => long(n)) });
    const page = (await viewer.get(plan)).text;
    expect(page.match(/id="comment-/g)).toHaveLength(10);
    expect(page).toContain('The latest 10.');
    expect(page).toContain('<p>Word 10 ');
  });

  test('goes into a file up to a thousand, and must be narrowed beyond', async () => {
    const { plan, planId } = await aPlace();
    const said = (n: number) => ({ planId, authorId: editor.person.id, body: `Word ${n}` });
    await db.comment.createMany({ data: Array.from({ length: 1_000 }, (_, n) => said(n)) });
    expect((await viewer.get(`${plan}/comments?format=csv`)).text.trim().split('\r\n')).toHaveLength(1_001);
    await db.comment.create({ data: said(1_000) });
    for (const as of ['csv', 'json'])
      expect((await viewer.get(`${plan}/comments?format=${as}`)).status).toBe(413);
    expect(
      (await viewer.get(`${plan}/comments?format=csv&q=word 99`)).text.trim().split('\r\n'),
    ).toHaveLength(12);
  });

  test('is not flooded: who has written two hundred times waits, by page or program, and others do not', async () => {
    const { plan } = await aPlace();
    const [somebody, other] = [await signedIn('viewer'), await signedIn('viewer')];
    const comment = await say(somebody, plan);
    for (let n = 1; n < 200; n += 1) await somebody.post(comment);
    const late = await somebody.post(`${plan}/comments`, { body: 'Kept & shown' });
    expect(late.status).toBe(429);
    const seconds = Number(late.headers['retry-after']);
    expect(seconds > 600 && seconds <= 900, `${seconds} s of fifteen minutes`).toBe(true);
    expect(late.text).toContain('written a lot in a short time');
    expect(late.text).toMatch(/<textarea[^>]* readonly[^>]*>\nKept &amp; shown<\/textarea>/);
    expect((await (await aProgram(somebody.person)).post(`${comment}/deletion`)).status).toBe(429);
    expect((await somebody.get(plan)).status).toBe(200);
    await say(other, plan);
  });

  test('goes into a file in time that is its length, whatever blanks it is made of', async () => {
    const { plan, planId } = await aPlace();
    const body = `a${'\n'.repeat(30_000)}b`;
    await db.comment.createMany({ data: Array.from({ length: 20 }, () => ({ planId, body })) });
    const before = process.cpuUsage();
    expect((await viewer.get(`${plan}/comments?format=csv`)).status).toBe(200);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(NO_EXPLOSION_MS);
  });

  test('of a system is not that of its plans', async () => {
    const { plan, system } = await aPlace();
    await say(viewer, plan, 'Of the plan');
    await say(viewer, system, 'Of the system');
    const bodies = async (place: string) =>
      (await viewer.json(`${place}/comments`)).rows.map(({ body }: { body: string }) => body);
    expect([await bodies(plan), await bodies(system)]).toEqual([['Of the plan'], ['Of the system']]);
  });
});

describe('a comment in the trail and in programs', () => {
  test('every write is a line: who, from where, before and after, and no name within', async () => {
    const { plan, planId } = await aPlace();
    const comment = await say(viewer, plan, 'Traced');
    await viewer.post(comment, { body: 'Traced again', version: 1 });
    await admin.post(`${comment}/deletion`);
    await admin.post(restorationOf(comment));
    const id = Number(comment.split('/')[2]);
    const lines = await db.change.findMany({
      where: { noun: 'comments', recordId: id },
      orderBy: { id: 'asc' },
    });
    expect(lines).toMatchObject([
      { action: 'created', userId: viewer.person.id, label: 'Traced', after: { planId, body: 'Traced' } },
      { action: 'updated', before: { body: 'Traced' }, after: { body: 'Traced again' } },
      { action: 'deleted', userId: admin.person.id, before: { body: 'Traced again', plan: { id: planId } } },
      { action: 'restored', userId: admin.person.id, label: 'Traced again' },
    ]);
    for (const { address } of lines) expect(address).toMatch(/127\.0\.0\.1|::1/);
    expect(JSON.stringify(lines)).not.toContain(viewer.person.name);
    expect((await admin.get('/changes?noun=comments')).text).toContain('<td class="short">Comment</td>');
    expect((await admin.get(`/changes/${lines[1]?.id}`)).text).toContain('<td>Traced again</td>');
  });

  test('a token that may write is a person’s hand, by the same rules; one that may read is not', async () => {
    const { plan } = await aPlace();
    expect((await viewer.get('/account/tokens')).text).toContain('<option value="write"');
    const [program, reader, other] = [
      await aProgram(viewer.person),
      await aProgram(viewer.person, 'read'),
      await aProgram(editor.person),
    ];
    expect((await reader.post(`${plan}/comments`, { body: 'x' })).status).toBe(403);
    const made = await program.post(`${plan}/comments`, { body: 'By a program, on purpose' });
    expect([made.status, made.body.location]).toEqual([
      201,
      expect.stringMatching(/^\/comments\/\d+-by-a-program-on-purpose$/),
    ]);
    const at = made.body.location;
    expect((await reader.get(at)).body.comment).toMatchObject({
      version: 1,
      author: { id: viewer.person.id },
    });
    expect((await program.post(at, { body: 'x' })).body.message).toContain('“version”');
    expect((await program.post(at, { body: 'x', version: 1, authorId: 1 })).status).toBe(422);
    expect((await other.post(at, { body: 'x', version: 1 })).status).toBe(403);
    expect((await program.post(at, { body: 'Changed', version: 1 })).body.location).toMatch(/-changed$/);
    const late = await program.post(at, { body: 'Again', version: 1 });
    expect([late.status, late.body.form.theirs.values.body]).toEqual([409, 'Changed']);
    expect((await program.post(`${plan}/comments`, {})).body.form.errors).toEqual({
      body: 'Comment is missing.',
    });
    const gone = await program.post(`${at}/deletion`);
    expect((await program.post(gone.body.undo)).status).toBe(200);
    const [line] = await db.change.findMany({
      where: { noun: 'comments' },
      orderBy: { id: 'desc' },
      take: 1,
    });
    expect(line).toMatchObject({ action: 'restored', token: `write of ${viewer.person.name}` });
  });
});
