import { describe, expect, test } from 'vitest';
import { importFiles } from '../../src/imports/import.js';
import { documents, service, workload } from './kubernetes-manifests.js';

const read = (text: string) => {
  const result = importFiles([{ name: '', text }]);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result;
};
const warnings = (text: string, about: RegExp) =>
  read(text).report.filter(({ kind, message }) => kind === 'warning' && about.test(message));
const routes = (text: string) => warnings(text, /not drawn/);
const ends = (text: string) => warnings(text, /nowhere/);

const behind = (proxy: string, told: string, more = '') => `services:
  edge:
    image: ${proxy}
    ports: ["80:80"]
${more}  web:
    image: acme/web
    ${told}
`;
const TRAEFIK = behind('traefik:v3', 'labels: ["traefik.http.routers.web.rule=Host(`x`)"]');

describe('routes that services tell a proxy', () => {
  test('are not drawn, and told with their line', () => {
    const { plan, report } = read(TRAEFIK);
    expect(plan.connections).toEqual([]);
    expect(report).toContainEqual({
      kind: 'warning',
      message:
        'Routes in labels or variables are not drawn as connections: web (traefik.http.routers.web.rule). If edge passes requests on to web, draw edge -> web.',
      part: 'edge',
      file: '',
      line: 7,
    });
  });

  test.each([
    ['traefik', 'labels: { traefik.frontend.rule: "Host:x" }', 'traefik.frontend.rule'],
    ['traefik', 'labels: { traefik.api.frontend.rule: "Host:x" }', 'traefik.api.frontend.rule'],
    ['traefik', 'labels: { traefik.enable: true }', 'traefik.enable'],
    [
      'traefik',
      'labels: [traefik.http.routers.a.entrypoints=b, traefik.http.routers.a.rule=c]',
      'traefik.http.routers.a.rule',
    ],
    ['traefik', 'deploy: { labels: [traefik.tcp.routers.a.rule=b] }', 'traefik.tcp.routers.a.rule'],
    [
      'lucaslorentz/caddy-docker-proxy',
      'labels: { caddy: x.org, caddy.reverse_proxy: "{{upstreams}}" }',
      'caddy',
    ],
    ['nginxproxy/nginx-proxy', 'environment: [VIRTUAL_HOST=x.org]', 'VIRTUAL_HOST'],
  ])('%s, %s', (image, told, said) => {
    expect(routes(behind(image, told))[0]?.message).toContain(
      `web (${said}). If edge passes requests on to web`,
    );
  });

  test.each([
    ['switched off', behind('traefik', 'labels: [traefik.enable=false, traefik.http.routers.web.rule=x]')],
    ['of a middleware', behind('traefik', 'labels: [traefik.http.middlewares.a.compress=true]')],
    ['of others', behind('traefik', 'labels: [com.example.team=web, traefiks=no]')],
    ['of the proxy itself', behind('traefik', '', '    labels: [traefik.http.routers.dash.rule=x]\n')],
    ['of what the proxy calls', TRAEFIK.replace('ports:', 'depends_on: [web]\n    ports:')],
  ])('%s are not told', (_, text) => {
    expect(routes(text)).toEqual([]);
  });

  test('of many services are one line, and a proxy that is not in the files is said to be elsewhere', () => {
    const label = 'labels: { traefik.http.routers.a.rule: x }';
    const many = Array.from({ length: 30 }, (_, i) => `  s${i}: { image: a/b, ${label} }\n`).join('');
    const [note, ...more] = routes(TRAEFIK + many);
    expect(more).toEqual([]);
    expect(note?.message).toMatch(
      / and 23 more\. If edge passes requests on to them, draw edge -> each of them\.$/,
    );
    expect(note?.message.length).toBeLessThan(500);
    expect(routes(`services:\n${many}`)[0]?.message).toContain('(Traefik) is not in these files');
  });
});

describe('an entry that begins at a load balancer which calls nothing', () => {
  const planOf = (extra: object) =>
    JSON.stringify(
      {
        parts: [
          { name: 'lb', kind: 'load-balancer' },
          { name: 'web', kind: 'service' },
        ],
        entries: [{ name: 'browse', parts: ['lb'] }],
        ...extra,
      },
      null,
      1,
    );

  test('is told in every format, with its line', () => {
    expect(ends(TRAEFIK)).toEqual([
      {
        kind: 'warning',
        message:
          'The entry edge leads nowhere that we know of: draw what edge calls, or its availability is that of edge alone.',
        part: 'edge',
        file: '',
        line: 4,
      },
    ]);
    expect(ends(planOf({}))).toMatchObject([
      { message: expect.stringMatching(/^The entry browse leads .* what lb calls/), line: 13 },
    ]);
    const manifests = documents(
      workload('edge', { image: 'haproxy:3' }),
      service('edge', 'type: LoadBalancer'),
      workload('web'),
      service('web'),
    );
    expect(ends(manifests)).toMatchObject([{ part: 'edge', line: expect.any(Number) }]);
  });

  test('is one line for several of them', () => {
    const entries = ['browse', 'buy'].map((name) => ({ name, parts: ['lb'] }));
    expect(ends(planOf({ entries })).map(({ message }) => message)).toEqual([
      'The entries browse, buy lead nowhere that we know of: draw what lb calls, or their availability is that of lb alone.',
    ]);
  });

  test.each([
    ['it calls something', planOf({ connections: [{ from: 'lb', to: 'web' }] })],
    ['the entry begins elsewhere, too', planOf({ entries: [{ name: 'browse', parts: ['lb', 'web'] }] })],
    [
      'nginx serves files, and there is nothing to call',
      'services:\n  web: { image: nginx, ports: ["80:80"] }\n  db: { image: postgres }\n',
    ],
  ])('not where %s', (_, text) => {
    expect(ends(text)).toEqual([]);
  });
});
