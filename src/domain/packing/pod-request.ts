/** One init container of a pod, in the order of the file. `isSidecar` = `restartPolicy: Always`: it keeps running. */
export type InitContainer = { request: number; isSidecar: boolean };

/**
 * What one pod asks of its machine, in one resource (MiB or millicores): the larger of what runs in the end
 * (containers + sidecars) and of each start-up step (that init container + the sidecars started before it), plus overhead.
 * Limits do not count for placing. Source: Kubernetes component-helpers PodRequests, KEP-753.
 */
export function podRequest(
  containers: readonly number[],
  initContainers: readonly InitContainer[] = [],
  overhead = 0,
): number {
  let sidecars = 0;
  let largestStep = 0;
  for (const { request, isSidecar } of initContainers) {
    largestStep = Math.max(largestStep, sidecars + request);
    if (isSidecar) sidecars += request;
  }
  const running = containers.reduce((sum, request) => sum + request, sidecars);
  return Math.max(running, largestStep) + overhead;
}
