import { describe, expect, test } from 'vitest';
import { db } from '../src/db/client.js';
import { signedIn, useApp } from './support/app.js';
import { aPlan } from './support/factories.js';

useApp();

const disks = { label: 'Disks, 440 GB', usdPerMonth: '35.20', priceBasis: '440 × $0.08, 2026-07-20' };

describe('extra costs', () => {
  test('an editor adds a cost and sees it, unknown ones as unknown', async () => {
    const editor = await signedIn('editor');
    const { address, plan } = await aPlan(editor.person);
    const { revision } = await db.plan.findUniqueOrThrow({ where: { id: plan.id } });
    const created = await editor.post(`${address}/extra-costs`, disks);
    expect(created.status).toBe(303);
    expect(created.headers.location).toMatch(/^\/extra-costs\/\d+-disks-440-gb$/);
    const { cost } = await editor.json(created.headers.location ?? '');
    expect(cost).toMatchObject({ label: 'Disks, 440 GB', usdPerMonth: 35.2, plan: { id: plan.id } });
    expect((await editor.get(created.headers.location ?? '')).text).toContain('$35.20');
    expect((await db.plan.findUniqueOrThrow({ where: { id: plan.id } })).revision).toBe(revision + 1);
    const traffic = await editor.post(`${address}/extra-costs`, { label: 'Traffic', usdPerMonth: '' });
    expect((await editor.get(traffic.headers.location ?? '')).text).toContain(
      '<dd class="unknown">unknown</dd>',
    );
    expect((await editor.get(`${traffic.headers.location}/deletion`)).text).toContain('Delete Traffic?');
  });

  test('what is wrong is said by field, and what was typed is kept', async () => {
    const editor = await signedIn('editor');
    const { address } = await aPlan(editor.person);
    const answer = await editor.post(`${address}/extra-costs`, { ...disks, label: '', usdPerMonth: '-3' });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('What is paid for cannot be empty.');
    expect(answer.text).toContain('Price must be 0 or more.');
    expect(answer.text).toContain('value="-3"');
    expect(answer.text).toContain('value="440 × $0.08, 2026-07-20"');
  });

  test('of two people editing at once the second is told and sees both', async () => {
    const ada = await signedIn('editor');
    const ben = await signedIn('editor');
    const { address } = await aPlan(ada.person);
    const cost = (await ada.post(`${address}/extra-costs`, disks)).headers.location ?? '';
    expect((await ada.get(`${cost}/edit`)).text).toContain('value="35.2"');
    await ada.post(cost, { ...disks, usdPerMonth: '40', version: 1 });
    const late = await ben.post(cost, { ...disks, usdPerMonth: '50', version: 1 });
    expect(late.status).toBe(409);
    expect(late.text).toContain(`Saved by ${ada.person.name}: <q>40</q>`);
    expect(late.text).toContain('value="50"');
    expect((await ben.post(cost, { ...disks, usdPerMonth: '50', version: 2 })).status).toBe(303);
  });

  test('a viewer changes nothing', async () => {
    const editor = await signedIn('editor');
    const { address } = await aPlan(editor.person);
    const cost = (await editor.post(`${address}/extra-costs`, disks)).headers.location ?? '';
    const viewer = await signedIn('viewer');
    expect((await viewer.get(cost)).status).toBe(200);
    expect((await viewer.post(`${address}/extra-costs`, disks)).status).toBe(403);
    expect((await viewer.post(cost, disks)).status).toBe(403);
    expect((await viewer.post(`${cost}/deletion`)).status).toBe(403);
  });

  test('deleting asks first, leads to the plan, and one click brings it back', async () => {
    const editor = await signedIn('editor');
    const { address } = await aPlan(editor.person);
    const cost = (await editor.post(`${address}/extra-costs`, disks)).headers.location ?? '';
    expect((await editor.get(`${cost}/deletion`)).text).toContain('$35.20 a month less');
    expect((await editor.post(`${cost}/deletion`)).headers.location).toBe(address);
    expect((await editor.get(cost)).status).toBe(404);
    const undo = cost.replace(/(\d+).*/, '$1/restoration');
    expect((await editor.post(undo)).headers.location).toBe(cost);
    expect((await editor.post(undo)).status).toBe(404);
  });

  test('the list searches, sorts by price with the unknown last, pages and exports', async () => {
    const editor = await signedIn('editor');
    const { address, plan } = await aPlan(editor.person);
    await db.extraCost.createMany({
      data: Array.from({ length: 27 }, (_, i) => ({
        planId: plan.id,
        label: `Line ${String(i).padStart(2, '0')}`,
        usdPerMonth: i === 0 ? null : i,
      })),
    });
    const first = await editor.json(`${address}/extra-costs?sort=-price`);
    expect(first.rows[0].label).toBe('Line 26');
    const second = await editor.json(first.links.next);
    expect(second.rows.map((row: { usdPerMonth: number | null }) => row.usdPerMonth)).toEqual([1, null]);
    expect((await editor.json(`${address}/extra-costs?q=line 1`)).rows).toHaveLength(10);
    const csv = await editor.get(`${address}/extra-costs?format=csv`);
    expect(csv.text.trim().split('\r\n')).toHaveLength(28);
    expect((await editor.get(`${address}/extra-costs`)).text).toContain(
      '<span class="unknown">unknown</span>',
    );
  });
});
