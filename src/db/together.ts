import { setImmediate } from 'node:timers/promises';

/**
 * Asks by one statement for all keys that come in one turn of the event loop, some four under load, and gives each what was found of its own. `ask`
 * gives what it found by key; what is not there was not found.
 */
export function together<Found>(
  ask: (keys: string[]) => Promise<Map<string, Found>>,
): (key: string) => Promise<Found | undefined> {
  let turn: { keys: string[]; answer: Promise<Map<string, Found>> } | null = null;
  return async (key) => {
    turn ??= begin();
    turn.keys.push(key);
    return (await turn.answer).get(key);
  };

  function begin() {
    const keys: string[] = [];
    const answer = setImmediate().then(() => {
      turn = null;
      return ask(keys);
    });
    return { keys, answer };
  }
}
