import { describe, expect, it } from 'vitest';
import { faultsOf, read } from './kubernetes-manifests.js';

const container = (name: string, more = '') => `
          spec:
            containers:
              - name: ${name}
                image: ' '
${more}`;

const LIMITED = `
                resources: { limits: { memory: '\${MEMORY}', cpu: '\${CPU}' } }
                env: [{ name: DATABASE_URL, value: 'postgres://\${USER}@\${DATABASE}:5432/shop' }]`;

/** A shop and its database as `oc process` takes them. */
const TEMPLATE = `
apiVersion: template.openshift.io/v1
kind: Template
metadata: { name: shop }
objects:
  - apiVersion: v1
    kind: Service
    metadata: { name: '\${DATABASE}' }
    spec: { selector: { name: '\${DATABASE}' }, ports: [{ port: 5432 }] }
  - apiVersion: v1
    kind: DeploymentConfig
    metadata: { name: '\${DATABASE}' }
    spec:
      replicas: 1
      triggers:
        - type: ImageChange
          imageChangeParams: { containerNames: [store], from: { kind: ImageStreamTag, name: 'postgresql:\${VERSION}' } }
      template:
          metadata: { labels: { name: '\${DATABASE}' } }${container('store')}
  - apiVersion: apps.openshift.io/v1
    kind: DeploymentConfig
    metadata: { name: shop }
    spec:
      replicas: \${{REPLICAS}}
      template:
          metadata: { labels: { name: shop } }${container('shop', LIMITED)}
parameters:
  - { name: DATABASE, value: db, required: true }
  - { name: VERSION, value: '15' }
  - { name: REPLICAS, value: 3 }
  - { name: MEMORY, value: 512Mi }
  - { name: CPU, required: true }
  - { name: USER, generate: expression, from: '[a-z]{8}' }
`;

describe('an OpenShift Template', () => {
  const { part, calls, report, told } = read(TEMPLATE);

  it('is its objects with the default values of its parameters', () => {
    expect(part('shop')).toMatchObject({ replicas: 3, memoryMib: 512 });
    expect(part('db').replicas).toBe(1);
    expect(calls).toEqual(['shop -> db']);
  });

  it('leaves a quantity unknown that nobody has chosen, and says so', () => {
    expect(part('shop').cpuMillicores).toBeNull();
    expect(told).toContain('No value is written for CPU, USER.');
  });

  it('tells what runs by the image a trigger puts in', () => {
    expect(part('db')).toMatchObject({ kind: 'database', technology: 'PostgreSQL' });
  });

  it('keeps the lines of its objects', () => {
    const line = TEMPLATE.split('\n').findIndex((text) => text.includes('DeploymentConfig')) + 1;
    expect(report).toContainEqual(expect.objectContaining({ part: 'db', line: line - 1 }));
    const [fault] = faultsOf(TEMPLATE.replace('value: 512Mi', 'value: plenty'));
    expect(fault?.message).toContain('memory must be a quantity such as 128Mi, is text ("plenty")');
    expect(fault?.line).toBe(TEMPLATE.split('\n').findIndex((text) => text.includes('${MEMORY}')) + 1);
  });
});

it('a Template of another maker is an unknown kind', () => {
  const { plan, told } = read(
    '{ apiVersion: tekton.dev/v1, kind: Template, metadata: { name: t }, objects: [] }',
  );
  expect(plan.parts).toEqual([]);
  expect(told).toContain('1 Template: unknown here');
});

it('parameters cannot grow a Template without end', () => {
  const value = 'x'.repeat(100_000);
  const use = '${A}'.repeat(1_000);
  const text = `{ apiVersion: v1, kind: Template, parameters: [{ name: A, value: ${value} }], objects: [{ apiVersion: v1, kind: ConfigMap, metadata: { name: c }, data: { a: '${use}' } }] }`;
  expect(read(text).plan.parts).toEqual([]);
});
