import { type Budget, spend } from '../reading/budget.js';
import type { Place } from '../reading/places.js';
import type { Values } from '../reading/values.js';

type Weight = { values: number; characters: number };

/**
 * Takes from the budgets what all services hold. What a base holds counts in each service that extends it, as all that follows looks at
 * it there; it is weighed once.
 */
export function weighServices(
  services: ReadonlyMap<string, Values>,
  places: ReadonlyMap<string, Place>,
  budgets: { values: Budget; characters: Budget },
): void {
  const known = new Map<object, Weight>();
  for (const [name, service] of services) {
    const place = places.get(name);
    const { values, characters } = weightOf(service, known);
    spend(budgets.values, values, place);
    spend(budgets.characters, characters, place);
  }
}

function weightOf(value: unknown, known: Map<object, Weight>): Weight {
  if (typeof value === 'string') return { values: 1, characters: value.length };
  if (typeof value !== 'object' || value === null) return { values: 1, characters: 0 };
  const before = known.get(value);
  if (before) return before;
  const weight: Weight = { values: 1, characters: 0 };
  for (const [key, item] of Object.entries(value)) {
    const inner = weightOf(item, known);
    weight.values += inner.values;
    weight.characters += inner.characters + (Array.isArray(value) ? 0 : key.length);
  }
  known.set(value, weight);
  return weight;
}
