import type { Part, Plan } from '../../src/domain/model.js';
import { readKubernetes } from '../../src/imports/kubernetes/kubernetes.js';
import type { Fault, ImportOptions, Note } from '../../src/imports/model.js';

export type Read = {
  plan: Plan;
  report: Note[];
  part: (name: string) => Part;
  calls: string[];
  told: string;
};

/** The plan and report of one file. `calls` are its connections as `from -> to`; `told` is the whole report as text. */
export function read(text: string, options: ImportOptions = {}, name = 'shop.yaml'): Read {
  const result = readKubernetes([{ name, text }], options);
  if (!result.ok) throw new Error(result.faults.map((fault) => fault.message).join('\n'));
  const { plan, report } = result;
  const part = (wanted: string): Part => {
    const found = plan.parts.find((each) => each.name === wanted);
    if (!found) throw new Error(`no part ${wanted} among ${plan.parts.map((each) => each.name).join(', ')}`);
    return found;
  };
  const calls = plan.connections.map(({ from, to }) => `${from} -> ${to}`);
  return { plan, report, part, calls, told: report.map(({ message }) => message).join('\n') };
}

export function faultsOf(text: string): Fault[] {
  const result = readKubernetes([{ name: 'shop.yaml', text }], {});
  return result.ok ? [] : result.faults;
}

export function containersOf({ replicas, containersPerReplica = 1 }: Part): number {
  return replicas * containersPerReplica;
}

type Shape = {
  kind?: string;
  apiVersion?: string;
  namespace?: string;
  image?: string;
  /** Lines of the object's spec, of the pod's spec, of its container. */
  spec?: string;
  pod?: string;
  container?: string;
  metadata?: string;
};

/** A workload with one container and the label `app: NAME`, as one YAML document. */
export function workload(name: string, shape: Shape = {}): string {
  const { kind = 'Deployment', apiVersion = 'apps/v1', namespace, image = `example.com/${name}:1` } = shape;
  return document(`
apiVersion: ${apiVersion}
kind: ${kind}
metadata:
  name: ${name}${namespace ? `\n  namespace: ${namespace}` : ''}
${indented(shape.metadata, 2)}
spec:
${indented(shape.spec, 2)}
  template:
    metadata:
      labels: { app: ${name} }
    spec:
${indented(shape.pod, 6)}
      containers:
        - name: ${name}
          image: ${image}
${indented(shape.container, 10)}
`);
}

/** A Service of the pods of the workload of the same name. */
export function service(name: string, spec = '', namespace = ''): string {
  return document(`
apiVersion: v1
kind: Service
metadata:
  name: ${name}${namespace ? `\n  namespace: ${namespace}` : ''}
spec:
${/selector:|externalName:/.test(spec) ? '' : `  selector: { app: ${name} }`}
  ports: [{ port: 80 }]
${indented(spec, 2)}
`);
}

export function documents(...texts: string[]): string {
  return texts.map((text) => text.trim()).join('\n---\n');
}

function document(text: string): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .join('\n');
}

function indented(text: string | undefined, spaces: number): string {
  const lines = (text ?? '').split('\n').filter((line) => line.trim() !== '');
  const margin = Math.min(...lines.map((line) => line.search(/\S/)));
  return lines.map((line) => ' '.repeat(spaces) + line.slice(margin)).join('\n');
}
