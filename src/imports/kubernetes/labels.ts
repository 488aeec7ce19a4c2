import type { Fault } from '../model.js';
import { asText, isMapping, mappingAt, type Values } from '../reading/values.js';

export type Labels = ReadonlyMap<string, string>;

/** The labels under a key of a mapping; empty where there are none. */
export function labelsAt(from: Values, key: string, where: string, faults: Fault[]): Labels {
  const labels = new Map<string, string>();
  for (const [label, value] of Object.entries(mappingAt(from, key, where, faults) ?? {})) {
    const text = asText(value);
    if (text !== undefined) labels.set(label, text);
  }
  return labels;
}

/**
 * Whether a label selector (`matchLabels`, `matchExpressions`) picks a pod with these labels. An empty selector picks every pod,
 * an absent one none (kubernetes.io, LabelSelector). An operator that Kubernetes does not have picks nothing.
 */
export function selects(selector: unknown, labels: Labels): boolean {
  if (!isMapping(selector)) return false;
  const equalities = isMapping(selector.matchLabels) ? Object.entries(selector.matchLabels) : [];
  const expressions = Array.isArray(selector.matchExpressions) ? selector.matchExpressions : [];
  return (
    equalities.every(([label, value]) => labels.get(label) === asText(value)) &&
    expressions.every((expression) => isMapping(expression) && holds(expression, labels))
  );
}

/** How much of a label selector there is to hold against a pod: its labels, its expressions and their values. */
export function sizeOfSelector(selector: unknown): number {
  if (!isMapping(selector)) return 0;
  const equalities = isMapping(selector.matchLabels) ? Object.keys(selector.matchLabels).length : 0;
  const expressions = Array.isArray(selector.matchExpressions) ? selector.matchExpressions : [];
  return expressions.reduce(
    (size, one) => size + 1 + (isMapping(one) && Array.isArray(one.values) ? one.values.length : 0),
    equalities,
  );
}

function holds({ key, operator, values }: Values, labels: Labels): boolean {
  const value = labels.get(asText(key) ?? '');
  const isAmong = value !== undefined && Array.isArray(values) && values.some((one) => asText(one) === value);
  switch (operator) {
    case 'In':
      return isAmong;
    case 'NotIn':
      return !isAmong;
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
