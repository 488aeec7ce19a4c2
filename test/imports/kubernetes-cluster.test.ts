import { describe, expect, it } from 'vitest';
import { documents, read, service, workload } from './kubernetes-manifests.js';

const shop = documents(
  workload('web', { container: 'env: [{ name: DB_HOST, value: db }]' }),
  service('web', 'type: NodePort'),
  workload('db', { image: 'postgres:16' }),
  service('db'),
);

describe('who runs the cluster', () => {
  it('nothing is added unasked', () => {
    expect(read(shop).plan).toEqual(read(shop, { cluster: 'none' }).plan);
    expect(read(shop).plan.parts.map(({ name }) => name)).toEqual(['web', 'db']);
  });

  it('the team itself: control plane, DNS and agents join the plan', () => {
    const { plan, part, report } = read(shop, { cluster: 'self', assumedAvailability: 0.9995 });
    const added = plan.parts
      .slice(2)
      .map(({ name, replicas, needed, perMachine }) => [
        name,
        perMachine ? 'each machine' : `${needed} of ${replicas}`,
      ]);
    expect(added).toEqual([
      ['kube-apiserver', '1 of 3'],
      ['kube-controller-manager', '1 of 3'],
      ['kube-scheduler', '1 of 3'],
      ['etcd', '2 of 3'],
      ['coredns', '1 of 2'],
      ['kube-proxy', 'each machine'],
      ['network-agent', 'each machine'],
      ['api-load-balancer', '1 of 1'],
    ]);
    expect(part('etcd')).toMatchObject({
      kind: 'cluster-control',
      spread: true,
      runs: 'machine',
      availability: 0.9995,
    });
    expect(part('coredns')).toMatchObject({
      kind: 'platform',
      spread: false,
      cpuMillicores: 100,
      memoryMib: 70,
    });
    expect(part('api-load-balancer')).toMatchObject({
      runs: 'managed',
      availability: 0.9999,
      usdPerMonth: 16.43,
    });
    expect(report.filter(({ kind }) => kind === 'added')).toHaveLength(9);
  });

  it('the team itself: the pieces call each other as Kubernetes has it', () => {
    const { plan } = read(shop, { cluster: 'self' });
    expect(plan.connections.map(({ from, to, strength }) => `${from} -> ${to} ${strength}`)).toEqual([
      'web -> db hard',
      'api-load-balancer -> kube-apiserver hard',
      'kube-apiserver -> etcd hard',
      'kube-controller-manager -> api-load-balancer hard',
      'kube-scheduler -> api-load-balancer hard',
      'coredns -> api-load-balancer soft',
      'kube-proxy -> api-load-balancer soft',
      'network-agent -> api-load-balancer soft',
      'web -> coredns hard',
    ]);
    expect(plan.entries).toEqual([
      { name: 'web', parts: ['web'] },
      { name: 'deploy', parts: ['api-load-balancer', 'kube-controller-manager', 'kube-scheduler'] },
    ]);
  });

  it('what the manifests hold is not added again', () => {
    const held = documents(
      shop,
      workload('coredns', {
        namespace: 'kube-system',
        image: 'registry.k8s.io/coredns/coredns:v1.11',
        spec: 'replicas: 3',
      }),
      workload('kube-proxy', {
        kind: 'DaemonSet',
        namespace: 'kube-system',
        image: 'registry.k8s.io/kube-proxy:v1.30',
      }),
      workload('cilium', {
        kind: 'DaemonSet',
        namespace: 'kube-system',
        image: 'quay.io/cilium/cilium:v1.15',
      }),
      workload('etcd', { kind: 'StatefulSet', image: 'quay.io/coreos/etcd:v3.5', spec: 'replicas: 5' }),
    );
    const { plan, part, calls, told } = read(held, { cluster: 'self' });
    const names = plan.parts.map(({ name }) => name);
    expect(names.filter((name) => /coredns|proxy|cilium|network/.test(name))).toEqual([
      'coredns',
      'kube-proxy',
      'cilium',
    ]);
    expect(part('coredns').replicas).toBe(3);
    expect(calls).toContain('web -> coredns');
    expect(calls).toContain('cilium -> api-load-balancer');
    expect(told).toContain('The manifests hold the coredns (coredns); none was added');
    // An etcd outside the system's namespace is the application's own store; the cluster's gets another name.
    expect(part('etcd').replicas).toBe(5);
    expect(part('etcd (2)')).toMatchObject({ replicas: 3, needed: 2 });
    expect(calls).toContain('kube-apiserver -> etcd (2)');
  });

  it('a kube-router that runs the service proxy fills the place of kube-proxy too', () => {
    const router = workload('kube-router', {
      kind: 'DaemonSet',
      namespace: 'kube-system',
      image: 'docker.io/cloudnativelabs/kube-router',
      container: 'args: [--run-router=true, --run-service-proxy=true]',
    });
    const { plan, calls, told } = read(router, { cluster: 'self' });
    expect(plan.parts.map(({ name }) => name)).not.toContain('kube-proxy');
    expect(calls.filter((call) => call.startsWith('kube-router'))).toEqual([
      'kube-router -> api-load-balancer',
    ]);
    expect(told).toContain('The manifests hold the kube-proxy (kube-router); none was added');
    const without = read(router.replace('proxy=true', 'proxy=false'), { cluster: 'self' });
    expect(without.plan.parts.map(({ name }) => name)).toContain('kube-proxy');
  });

  it('a provider: one managed part with price and service level, for deploys alone', () => {
    const { plan, part, calls, told } = read(shop, { cluster: 'managed' });
    expect(plan.parts).toHaveLength(3);
    expect(part('Kubernetes control plane')).toMatchObject({
      runs: 'managed',
      kind: 'cluster-control',
      usdPerMonth: 73,
      availability: 0.9995,
    });
    expect(plan.entries).toEqual([
      { name: 'web', parts: ['web'] },
      { name: 'deploy', parts: ['Kubernetes control plane'] },
    ]);
    expect(calls).toEqual(['web -> db']);
    expect(told).toContain('73 USD a month (2026-10,');
    expect(told).toContain('EKS SLA 2022-05-04');
  });

  it('a plan without a way in is still told as a whole beside "deploy"', () => {
    const closed = documents(
      workload('worker', { container: 'env: [{ name: DB_HOST, value: db }]' }),
      workload('db'),
      service('db'),
    );
    expect(read(closed, { cluster: 'managed' }).plan.entries).toEqual([
      { name: 'the whole system', parts: ['worker'] },
      { name: 'deploy', parts: ['Kubernetes control plane'] },
    ]);
  });
});
