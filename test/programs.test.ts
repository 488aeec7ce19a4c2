import supertest from 'supertest';
import { beforeAll, describe, expect, test } from 'vitest';
import { db } from '../src/db/client.js';
import { formOf } from '../src/web/json-body.js';
import { app, signedIn, useApp } from './support/app.js';
import { aPlan, partFields } from './support/factories.js';
import { aProgram } from './support/program.js';

useApp();

const COMPOSE = 'services:\n  web:\n    image: shop\n    depends_on: [db]\n  db:\n    image: postgres:17\n';

let program: Awaited<ReturnType<typeof aProgram>>;
let editor: Awaited<ReturnType<typeof signedIn>>;
beforeAll(async () => {
  editor = await signedIn('editor');
  program = await aProgram(editor.person);
});

describe('what JSON holds becomes what forms send', () => {
  test('tags and links are sent as they are read, as lists, or as a form has them', async () => {
    const program = await aProgram((await signedIn('editor')).person);
    const links = ['Runbook https://example.com/run', 'https://example.com/'];
    const made = await program.post('/systems', {
      name: 'Lists',
      lifecycle: 'production',
      tags: ['Shop', 'web'],
      links,
    });
    expect(made.status).toBe(201);
    const { system } = (await program.get(made.body.location)).body;
    expect([system.tags, system.links]).toEqual([
      ['shop', 'web'],
      [
        { label: 'Runbook', url: 'https://example.com/run' },
        { label: '', url: 'https://example.com/' },
      ],
    ]);
    const changed = {
      name: 'Lists',
      lifecycle: 'production',
      tags: [...system.tags, 'new'],
      links: links[1],
      version: system.version,
    };
    expect((await program.post(`/systems/${system.id}`, changed)).status).toBe(200);
    const again = (await program.get(made.body.location)).body.system;
    expect([again.tags, again.links]).toEqual([
      ['shop', 'web', 'new'],
      [{ label: '', url: 'https://example.com/' }],
    ]);
    const late = await program.post(`/systems/${system.id}`, { ...changed, tags: ['other'] });
    expect([late.status, late.body.form.theirs.values.tags]).toEqual([409, 'shop, web, new']);
  });

  test('numbers, yes and no, nothing, lists', () => {
    const given = {
      a: 1.5,
      b: true,
      c: false,
      d: null,
      e: ['x', 'y'],
      f: ' as it is ',
      cpuMillicores: 50,
      g: '\ud800',
    };
    expect(formOf(given)).toEqual({
      a: '1.5',
      b: 'on',
      d: '',
      e: ['x', 'y'],
      f: ' as it is ',
      cpuMillicores: '50m',
      g: '�',
    });
  });

  test.each([{ a: { b: 1 } }, { a: [1] }, { a: [['x']] }, { a: [null] }])('%j is refused', (given) => {
    expect(() => formOf(given)).toThrow('look at “a”');
  });

  test('a body that is no object, is broken or too large is told so', async () => {
    const send = (text: string, path = '/systems') =>
      program.post(path).set('Content-Type', 'application/json').send(text);
    expect((await send('[]')).status).toBe(422);
    expect((await send('{"name": ')).status).toBe(400);
    expect((await send('"x"')).status).toBe(400);
    expect((await send(JSON.stringify({ name: 'x'.repeat(300_000) }))).status).toBe(413);
    expect(
      (await send(JSON.stringify({ text: `${COMPOSE}#${'x'.repeat(300_000)}` }), '/imports')).status,
    ).toBe(201);
    expect((await send(JSON.stringify({ text: 'x'.repeat(3_500_000) }), '/imports')).status).toBe(413);
    const odd = await send('{"__proto__": {"isAdmin": true}, "name": "x"}');
    expect(odd.status).toBe(422);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });
});

describe('a write of a program', () => {
  test('answers where to go on and what became of it, and for a deletion what undoes it', async () => {
    const made = await program.post('/systems', { name: 'Written', lifecycle: 'production' });
    expect(made.status).toBe(201);
    expect(made.headers.location).toBe(made.body.location);
    expect(made.body).toEqual({
      location: expect.stringMatching(/^\/systems\/\d+-written$/),
      message: 'Written is recorded. Now its first plan.',
    });
    const gone = await program.post(`${made.body.location}/deletion`);
    expect(gone.status).toBe(200);
    expect(gone.body.undo).toMatch(/^\/systems\/\d+\/restoration$/);
    expect((await program.get(made.body.location)).status).toBe(404);
    expect((await program.post(gone.body.undo)).status).toBe(200);
    await program.post(`${made.body.location}/deletion`);
    await program.post('/systems', { name: 'Written', lifecycle: 'production' });
    const late = await program.post(gone.body.undo);
    expect(late.status).toBe(409);
    expect(late.body.message).toContain('has taken its name since');
  });

  test('is told every field that is wrong', async () => {
    const refused = await program.post('/systems', { name: '', lifecycle: 'eternal' });
    expect(refused.status).toBe(422);
    expect(Object.keys(refused.body.form.errors)).toEqual(['name', 'lifecycle']);
    // And in a line, as any other refusal.
    expect(refused.body).toMatchObject({
      status: 422,
      message: Object.values(refused.body.form.errors).join(' '),
    });
  });

  test('may set the fields of the form and no other', async () => {
    const { parts, plan } = await aPlan(editor.person, { parts: { web: {} } });
    const fields = { ...partFields('web'), version: 1 };
    for (const field of ['planId', 'id', 'deletedAt', 'setByHand', 'fromFile', 'constructor']) {
      const refused = await program.post(`/parts/${parts.web}`, { ...fields, [field]: '1' });
      expect({ field, status: refused.status }).toEqual({ field, status: 422 });
      expect(refused.body.message).toContain(`“${field}”`);
    }
    expect((await program.post(`/plans/${plan.id}/copies`, { name: 'x' })).body.message).toContain(
      'It takes none',
    );
    expect((await program.post(`/plans/${plan.id}/copies`)).status).toBe(201);
  });

  test('changes the version it has read, and no other', async () => {
    const { parts } = await aPlan(editor.person, { parts: { web: {} } });
    const at = `/parts/${parts.web}`;
    const fields = { ...partFields('web'), replicas: 3, perMachine: false, spread: true, cpuMillicores: 50 };
    expect((await program.post(at, fields)).body.message).toContain('“version”');
    const { version } = (await program.get(at)).body.part;
    expect((await program.post(at, { ...fields, version })).status).toBe(200);
    const { part } = (await program.get(at)).body;
    expect(part).toMatchObject({ replicas: 3, perMachine: false, spread: true, cpuMillicores: 50 });
    const late = await program.post(at, { ...fields, version });
    expect(late.status).toBe(409);
    expect(late.body.form.theirs.values.replicas).toBe('3');
  });

  test('works with what a form sends, too, and a browser with a session may send JSON', async () => {
    const form = new URLSearchParams({ name: 'Of curl -d', lifecycle: 'production' }).toString();
    const plain = await program.post('/systems').type('form').send(form);
    expect(plain.status).toBe(201);
    await editor.get('/');
    const asked = editor.agent.post('/systems').set('x-csrf-token', editor.token());
    expect((await asked.send({ name: 'Of a script', lifecycle: 'production' })).status).toBe(201);
  });
});

describe('an import by a program', () => {
  test('in steps: kept, previewed, made a plan of, and brought in line', async () => {
    const kept = await program.post('/imports', { files: [{ name: 'docker-compose.yml', text: COMPOSE }] });
    expect(kept.status).toBe(201);
    const preview = await program.get(kept.body.location);
    expect(preview.body).toMatchObject({ bill: { containers: { value: 2 } }, report: expect.any(Array) });
    const made = await program.post(`${kept.body.location}/plans`, {
      planName: 'Stepwise',
      systemName: 'Steps',
    });
    expect(made.status).toBe(201);
    const { plan } = (await program.get(made.body.location)).body;
    const next = await program.post('/imports', {
      text: `${COMPOSE}  cache:\n    image: redis\n`,
      plan: plan.id,
    });
    const { body } = await program.get(next.body.location);
    expect(body.merge.parts.added).toMatchObject([{ name: 'cache' }]);
    const at = `${next.body.location.split('?')[0]}/plans/${plan.id}`;
    expect((await program.post(at, { revision: plan.revision + 1 })).status).toBe(409);
    expect((await program.post(at, { revision: 'odd' })).body.message).toContain('Revision');
    expect((await program.post(at, { revision: body.plan.revision })).status).toBe(200);
    expect((await program.get(made.body.location)).body.bill.containers.value).toBe(3);
  });

  test('in one request, as text, as JSON files or as an upload', async () => {
    const { address, plan } = await aPlan(editor.person);
    const first = await program.post(`${address}/source`, { text: COMPOSE, machineType: 'aws-m6i-large' });
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({
      location: address,
      isChanged: true,
      bill: { machines: { value: 1 } },
    });
    const again = await program.post(`${address}/source`, { text: COMPOSE });
    expect(again.body).toMatchObject({ isChanged: false, bill: { machines: { value: 1 } } });
    const upload = await program
      .post(`${address}/source?assume=no`)
      .attach('files', Buffer.from('services:\n  web:\n    image: shop\n'), 'docker-compose.yml');
    expect(upload.body.merge.parts.removed).toEqual(['db']);
    const { source } = await db.plan.findUniqueOrThrow({ where: { id: plan.id }, select: { source: true } });
    expect(source?.options).toMatchObject({ assume: 'no' });
    expect((await program.get(`${address}/source`)).body.files).toHaveLength(1);
  });

  test('what cannot be read is refused with its lines, and nothing is written', async () => {
    const { address, plan } = await aPlan(editor.person);
    const broken = await program.post(`${address}/source`, { text: 'services:\n  web: [' });
    expect(broken.status).toBe(422);
    expect(broken.body.faults[0]).toMatchObject({ message: expect.any(String), line: expect.any(Number) });
    const answers = [
      await program.post(`${address}/source`),
      await program.post(`${address}/source`, { text: COMPOSE, machineType: 'no such' }),
      await program.post(`${address}/source`, { text: COMPOSE, cluster: 'perhaps' }),
      await program.post(`${address}/source`, { files: [{ name: 'a.yml' }] }),
      await program.post(`${address}/source`, { files: 'a.yml' }),
      await program.post('/systems', { files: [] }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422, 422, 422, 422]);
    expect(answers[1]?.body.form.errors.machineType).toContain('no such');
    expect(await db.plan.findUniqueOrThrow({ where: { id: plan.id } })).toMatchObject({
      revision: 1,
      importId: null,
    });
  });

  test('two at the same moment both arrive', async () => {
    const { address } = await aPlan(editor.person);
    const texts = [COMPOSE, COMPOSE.replace('web', 'www')];
    const done = await Promise.all(texts.map((text) => program.post(`${address}/source`, { text })));
    expect(done.map(({ status }) => status)).toEqual([200, 200]);
    expect((await program.get(address)).body.contents.parts).toHaveLength(2);
  });

  test('is no viewer’s to do, and large bodies of theirs are not read', async () => {
    const { address } = await aPlan(editor.person);
    const viewer = await aProgram((await signedIn('viewer')).person);
    expect((await viewer.post(`${address}/source`, { text: COMPOSE })).status).toBe(403);
    const files = (headers: Record<string, string>) =>
      supertest(app)
        .post(`${address}/source`)
        .set(headers)
        .attach('files', Buffer.from(COMPOSE), 'compose.yml');
    expect((await files({ Authorization: `Bearer ${viewer.text}` })).status).toBe(403);
    expect((await files({ Accept: 'application/json' })).status).toBe(401);
    expect((await viewer.post(`${address}/source`, { text: 'x'.repeat(300_000) })).status).toBe(413);
  });
});
