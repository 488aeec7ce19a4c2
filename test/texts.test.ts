import { once } from 'node:events';
import { type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import express from 'express';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serverOf } from '../src/web/listening.js';
import { sendTexts } from '../src/web/texts.js';
import { app, signedIn, useApp } from './support/app.js';

useApp({ PUBLIC_READ: 'on' });

describe('a text that is sent', () => {
  let server: Server;
  let paths: string[];

  beforeAll(async () => {
    server = serverOf(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const editor = await signedIn();
    const system = await editor.post('/systems', {
      name: 'Ļoti ļoti 長い名前 🦕',
      lifecycle: 'production',
    });
    const plan = await editor.post(`${system.headers.location}/plans`, {
      name: 'One dyno',
      status: 'current',
    });
    paths = [
      '/systems',
      `${plan.headers.location}?format=json`,
      `${plan.headers.location}/diagram.svg`,
      '/openapi.json',
    ];
  });

  afterAll(() => server.close());

  test.each([
    // As browsers say it.
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
  ])('is compressed for who takes %s', async (encodings, encoding, open) => {
    for (const path of paths) {
      const plain = await sent(path, 'identity');
      const packed = await sent(path, encodings);
      expect(packed.status, path).toBe(200);
      expect(packed.headers['content-encoding'], path).toBe(encoding);
      expect(packed.headers.vary, path).toMatch(/Accept-Encoding/);
      expect(packed.headers['content-length'], path).toBe(String(packed.body.length));
      expect(packed.headers['content-type'], path).toBe(plain.headers['content-type']);
      expect(withoutToken(open(packed.body)), path).toBe(withoutToken(plain.body));
    }
  });

  test('is left as it is for who takes nothing else, and says that others get another', async () => {
    for (const encodings of ['', 'identity', 'br;q=0, gzip;q=0', 'deflate']) {
      const { headers, body } = await sent('/systems', encodings);
      expect(headers['content-encoding']).toBeUndefined();
      expect(headers.vary).toMatch(/Accept-Encoding/);
      expect(body.toString()).toContain('</html>');
    }
  });

  test('says how many bytes it has, not how many letters', async () => {
    const { headers, body } = await sent('/systems', 'identity');
    expect(body.toString()).toContain('Ļoti ļoti 長い名前 🦕');
    expect(headers['content-length']).toBe(String(body.length));
  });

  test('is left as it is where it is short', async () => {
    const { status, headers, body } = await sent('/people?format=json', 'br, gzip');
    expect(status).toBe(401);
    expect(headers['content-encoding']).toBeUndefined();
    expect(JSON.parse(body.toString()).status).toBe(401);
  });

  test('has its length without its body where only its head is asked for', async () => {
    const head = await sent('/sign-in', 'identity', 'HEAD');
    const whole = await sent('/sign-in', 'identity');
    expect(head.body.length).toBe(0);
    expect(head.headers['content-length']).toBe(String(whole.body.length));
  });

  /** The answer as it travels: nothing is unpacked. */
  async function sent(
    path: string,
    encodings: string,
    method = 'GET',
  ): Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: Buffer }> {
    const { port } = server.address() as AddressInfo;
    const asked = request({ port, path, method, headers: { 'accept-encoding': encodings } }).end();
    const [answer] = await once(asked, 'response');
    return { status: answer.statusCode, headers: answer.headers, body: await buffer(answer) };
  }
});

test('an answer without a body stays one', async () => {
  const small = express();
  sendTexts(small);
  small.get('/:status', (req, res) => void res.status(Number(req.params.status)).send('a body'));
  for (const status of [204, 205, 304]) {
    const { headers, text } = await supertest(small).get(`/${status}`);
    expect([headers['content-length'] ?? '0', text]).toEqual(['0', '']);
  }
});

function withoutToken(body: Buffer): string {
  return body.toString().replace(/name="_csrf" value="[^"]+"/g, '');
}
