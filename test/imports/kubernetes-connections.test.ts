import { describe, expect, it } from 'vitest';
import { documents, read, service, workload } from './kubernetes-manifests.js';

const env = (name: string, value: string) => `env: [{ name: ${name}, value: "${value}" }]`;
const db = documents(workload('db', { image: 'postgres:16' }), service('db'));

describe('connections guessed from addresses', () => {
  const callsOf = (container: string, more: string[] = [], shape = {}) =>
    read(documents(workload('web', { container, ...shape }), db, ...more)).plan.connections.map(
      ({ to, evidence }) => `${to} by ${evidence}`,
    );

  it('are found in the environment', () => {
    expect(callsOf(env('DATABASE_URL', 'postgres://u:p@db:5432/shop'))).toEqual(['db by env DATABASE_URL']);
    expect(callsOf(env('DB_HOST', 'db'))).toEqual(['db by env DB_HOST']);
    expect(callsOf(env('STORE', 'db.default.svc.cluster.local'))).toEqual(['db by env STORE']);
    expect(callsOf(env('DB_HOST', 'db-0.db'))).toEqual(['db by env DB_HOST']);
    expect(callsOf(env('POSTGRES_DB', 'db'))).toEqual([]);
  });

  it('are found through ConfigMaps and Secrets, by key and whole, with a prefix', () => {
    const map =
      '{ apiVersion: v1, kind: ConfigMap, metadata: { name: conf }, data: { url: "http://db:80" } }';
    const secret = `{ apiVersion: v1, kind: Secret, metadata: { name: keys }, data: { url: ${Buffer.from('postgres://db/x').toString('base64')} } }`;
    const plain =
      '{ apiVersion: v1, kind: Secret, metadata: { name: keys }, stringData: { url: "postgres://db/x" } }';
    const byKey = (reference: string, name: string) =>
      `env: [{ name: URL, valueFrom: { ${reference}: { name: ${name}, key: url } } }]`;
    expect(callsOf(byKey('configMapKeyRef', 'conf'), [map])).toEqual(['db by env URL of ConfigMap conf']);
    expect(callsOf(byKey('secretKeyRef', 'keys'), [secret])).toEqual(['db by env URL of Secret keys']);
    expect(callsOf(byKey('secretKeyRef', 'keys'), [plain])).toEqual(['db by env URL of Secret keys']);
    expect(callsOf('envFrom: [{ prefix: DB_, configMapRef: { name: conf } }]', [map])).toEqual([
      'db by env DB_url of ConfigMap conf',
    ]);
    expect(callsOf('envFrom: [{ secretRef: { name: keys, optional: true } }]', [map])).toEqual([]);
  });

  it('are found where a variable names an earlier one, and in arguments', () => {
    const two = (second: string) => `env: [{ name: NAME, value: db }, { name: URL, value: "${second}" }]`;
    expect(callsOf(two('http://$(NAME):80'))).toEqual(['db by env URL']);
    expect(callsOf(two('http://$$(NAME):80'))).toEqual([]);
    expect(callsOf(`${two('x')}\nargs: ["--store=tcp://$(NAME):80"]`)).toEqual(['db by argument of web']);
    expect(callsOf('args: ["--store", "$(DB_SERVICE_HOST):80"]')).toEqual(['db by argument of web']);
    expect(callsOf('args: [--db-host, db]')).toEqual(['db by argument of web']);
    expect(callsOf('args: [--service-name=db, --verbose]')).toEqual([]);
  });

  it('are found in init containers, and once for all the places that name one', () => {
    const pod =
      'initContainers: [{ name: wait, image: busybox, command: [sh, -c, "until nc -zv db 5432; do sleep 1; done"] }]';
    expect(callsOf('', [], { pod })).toEqual(['db by argument of wait']);
    expect(callsOf(env('DB_HOST', 'db'), [], { pod })).toEqual(['db by env DB_HOST']);
  });

  it('lead to every workload a Service selects, and to none from itself', () => {
    const version = (name: string) => workload(name).replace(`{ app: ${name} }`, '{ app: reviews }');
    const { calls, told } = read(
      documents(
        version('v1'),
        version('v2'),
        service('reviews'),
        workload('page', { container: env('REVIEWS_URL', 'http://reviews') }),
      ),
    );
    expect(calls).toEqual(['page -> v1', 'page -> v2']);
    expect(told).toContain('reviews: a Service of several workloads');
    expect(
      read(documents(workload('db', { container: env('SELF_URL', 'http://db') }), service('db'))).calls,
    ).toEqual([]);
  });

  it("lead to the workload of the Service's own namespace before one that may be in it", () => {
    const caller = workload('web', { container: 'env: [{ name: DB_HOST, value: db }]' });
    const { calls } = read(
      documents(caller, workload('db'), service('db'), workload('db', { namespace: 'other' })),
    );
    expect(calls).toEqual(['web -> db']);
  });

  it('respect namespaces', () => {
    const shop = { namespace: 'shop' };
    const web = (host: string) => workload('web', { ...shop, container: env('DB_HOST', host) });
    const elsewhere = documents(workload('db', { namespace: 'data' }), service('db', '', 'data'));
    expect(read(documents(web('db'), elsewhere)).calls).toEqual([]);
    expect(read(documents(web('db.data'), elsewhere)).calls).toEqual(['web -> db']);
    expect(read(documents(web('db.data.svc'), elsewhere)).calls).toEqual(['web -> db']);
    expect(read(documents(web('db.io'), documents(workload('db'), service('db')))).calls).toEqual([]);
  });

  it('lead to an outside part where the Service is another name of an outside host', () => {
    const external = service('billing', 'type: ExternalName\nexternalName: billing.example.com');
    const { plan, calls } = read(
      documents(workload('web', { container: env('BILLING_URL', 'https://billing') }), external),
    );
    expect(calls).toEqual(['web -> billing']);
    expect(plan.parts[1]).toMatchObject({
      name: 'billing',
      kind: 'external',
      runs: 'external',
      usdPerMonth: null,
      availability: null,
    });
    expect(read(documents(workload('web'), external)).plan.parts).toHaveLength(1);
  });

  it('say what they rest on, line by line, and what leads nowhere', () => {
    const { report, told } = read(
      documents(
        workload('web', {
          container:
            'env:\n  - { name: DB_URL, value: "http://db" }\n  - { name: AI_URL, value: "http://user:secret@ai-service:5001" }',
        }),
        db,
        service('ghost'),
      ),
    );
    expect(report).toContainEqual({
      kind: 'guessed',
      message: 'web names db (env DB_URL).',
      part: 'web',
      file: 'shop.yaml',
      line: 14,
    });
    expect(told).toContain('Named, but no Service of these files: ai-service (by web)');
    expect(told).toContain('ghost: a Service that selects no workload');
    expect(told).not.toContain('secret');
  });

  it('are told to be missing when none is written', () => {
    expect(read(documents(workload('a'), workload('b'))).told).toContain(
      'No connection is written in these files',
    );
  });

  it('end where variables would grow without end', () => {
    const grow = Array.from({ length: 60 }, (_, i) => `{ name: V${i + 1}, value: "$(V${i})$(V${i})" }`).join(
      ', ',
    );
    expect(callsOf(`env: [{ name: V0, value: "http://db " }, ${grow}]`)).toEqual(['db by env V0']);
  });
});

describe('ways in', () => {
  const web = documents(workload('web'), service('web'));
  const ingress = (rules: string, version = 'networking.k8s.io/v1') =>
    `apiVersion: ${version}\nkind: Ingress\nmetadata: { name: front }\nspec:\n  rules: [${rules}]`;
  const rule = (host: string, name: string) =>
    `{ ${host ? `host: ${host}, ` : ''}http: { paths: [{ backend: { service: { name: ${name} } } }] } }`;

  it('are Services open to the outside', () => {
    expect(read(documents(workload('web'), service('web', 'type: LoadBalancer'))).plan.entries).toEqual([
      { name: 'web', parts: ['web'] },
    ]);
    expect(read(documents(workload('web'), service('web', 'type: NodePort'))).plan.entries).toEqual([
      { name: 'web', parts: ['web'] },
    ]);
    expect(read(web).plan.entries).toEqual([]);
    expect(read(documents(workload('web'), service('web', 'type: LoadBalancer'))).told).toContain(
      'A load balancer of the cloud comes with Service web',
    );
  });

  it('are Ingresses, a way in for each host', () => {
    const api = documents(workload('api'), service('api'));
    const { plan, told } = read(
      documents(
        web,
        api,
        ingress(
          [rule('shop.example', 'web'), rule('shop.example', 'api'), rule('', 'api'), rule('x', 'lost')].join(
            ', ',
          ),
        ),
      ),
    );
    expect(plan.entries).toEqual([
      { name: 'shop.example', parts: ['web', 'api'] },
      { name: 'front', parts: ['api'] },
    ]);
    expect(plan.connections).toEqual([]);
    expect(told).toContain('Services that are not in the files: lost (Ingress front)');
  });

  it('are Ingresses of older versions, routes and host ports', () => {
    const old = ingress(
      '{ http: { paths: [{ backend: { serviceName: web, servicePort: 80 } }] } }',
      'extensions/v1beta1',
    );
    const route =
      'apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: r }\nspec: { hostnames: [a.example], rules: [{ backendRefs: [{ name: web }] }] }';
    const openshift =
      'apiVersion: route.openshift.io/v1\nkind: Route\nmetadata: { name: o }\nspec: { host: b.example, to: { kind: Service, name: web } }';
    expect(read(documents(web, old)).plan.entries).toEqual([{ name: 'front', parts: ['web'] }]);
    expect(read(documents(web, route)).plan.entries).toEqual([{ name: 'a.example', parts: ['web'] }]);
    expect(read(documents(web, openshift)).plan.entries).toEqual([{ name: 'b.example', parts: ['web'] }]);
    const port = read(workload('game', { container: 'ports: [{ containerPort: 7777, hostPort: 7777 }]' }));
    expect(port.plan.entries).toEqual([{ name: 'game', parts: ['game'] }]);
    const agent = workload('agent', {
      kind: 'DaemonSet',
      pod: 'hostNetwork: true',
      container: 'ports: [{ containerPort: 9100 }]',
    });
    expect(read(agent).plan.entries).toEqual([]);
  });

  it('go through the controller where the files hold it', () => {
    const controller = workload('ingress-nginx-controller', {
      image: 'registry.k8s.io/ingress-nginx/controller:v1.11.1',
    });
    const { plan } = read(documents(web, controller, ingress(rule('shop.example', 'web'))));
    expect(plan.entries).toEqual([{ name: 'shop.example', parts: ['ingress-nginx-controller', 'web'] }]);
    expect(plan.connections).toEqual([
      {
        from: 'ingress-nginx-controller',
        to: 'web',
        strength: 'soft',
        origin: 'stated',
        evidence: 'route shop.example',
      },
    ]);
  });
});
