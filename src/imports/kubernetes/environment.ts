import type { Fault } from '../model.js';
import { type Budget, budgetOf, spend } from '../reading/budget.js';
import { placeOf } from '../reading/places.js';
import { asText, isMapping, mappingAt, textAt, type Values } from '../reading/values.js';
import { filledWithin } from './filled.js';
import type { Finder } from './namespaces.js';
import type { KubernetesObject } from './object.js';
import type { Container } from './pod.js';

/** What a ConfigMap or a Secret holds, in clear text. */
export type Config = { kind: string; name: string; namespace: string; entries: ReadonlyMap<string, string> };

export type ConfigFinders = { configMap: Finder<Config>; secret: Finder<Config> };

/** `from` says where the value stands when that is not the container itself: `ConfigMap service-api-config`. */
export type Variable = { name: string; value: string; from: string | null; line: number };

export type Environment = {
  variables: Variable[];
  /** The command and its arguments with `$(VAR)` filled in. */
  commandLine: string[];
};

/** Entries of ConfigMaps and Secrets that all containers take: some thousands, taken under thousands of prefixes, are millions. */
const MAX_TAKEN = 300_000;

/** What `envFrom` may come to in an import. */
export function variablesBudget(): Budget {
  return budgetOf(
    MAX_TAKEN,
    `The containers take more than ${MAX_TAKEN} variables from ConfigMaps and Secrets, counted for each. Import fewer objects at a time.`,
  );
}

/** Values nobody would write: what `$(VAR)` in `$(VAR)` can grow to must end somewhere. */
const MAX_VALUE = 10_000;

export function readConfig(
  { kind, name, namespace, title, value }: KubernetesObject,
  faults: Fault[],
): Config {
  const entries = new Map<string, string>();
  const add = (key: string, decode: (text: string) => string) => {
    for (const [entry, written] of Object.entries(mappingAt(value, key, title, faults) ?? {})) {
      const text = asText(written);
      if (text !== undefined) entries.set(entry, decode(text));
    }
  };
  add('data', kind === 'Secret' ? (text) => Buffer.from(text, 'base64').toString('utf8') : (text) => text);
  add('stringData', (text) => text);
  return { kind, name, namespace, entries };
}

/**
 * The environment a container starts with, by the rules of Kubernetes (API reference, EnvVar and EnvFromSource): `envFrom` first, a later
 * source over an earlier one, then `env`, where `$(NAME)` stands for what is set above it. What comes from outside the files, a field of
 * the pod say, is left out. `hostOf` gives the host behind variables that Kubernetes sets itself (`REDIS_SERVICE_HOST`).
 */
export function environmentOf(
  container: Container,
  namespace: string,
  finders: ConfigFinders,
  hostOf: (variable: string) => string | null,
  faults: Fault[],
  room: Budget,
): Environment {
  const variables = new Map<string, Variable>();
  const set = (variable: Variable) => {
    variables.delete(variable.name);
    variables.set(variable.name, variable);
  };
  const standsFor = (written: string, name?: string) =>
    name === undefined ? '$' : (variables.get(name)?.value ?? hostOf(name) ?? written);
  const filled = (text: string): string =>
    filledWithin(text, /\$\$|\$\(([\w.-]+)\)/g, MAX_VALUE, standsFor) ?? text;

  for (const { source, config, prefix } of sourcesOf(container, namespace, finders)) {
    const line =
      placeOf(source, config.kind === 'Secret' ? 'secretRef' : 'configMapRef')?.line ?? container.line;
    spend(room, config.entries.size);
    for (const [key, value] of config.entries) {
      set({ name: prefix + key, value, from: `${config.kind} ${config.name}`, line });
    }
  }
  for (const entry of container.env) {
    const name = textAt(entry, 'name', `container ${container.name}: env`, faults);
    if (name === undefined) continue;
    const line = placeOf(entry, 'name')?.line ?? container.line;
    const value = textAt(entry, 'value', `container ${container.name}: env ${name}`, faults);
    if (value !== undefined) set({ name, value: filled(value), from: null, line });
    else if (isMapping(entry.valueFrom)) {
      const referenced = referencedValue(entry.valueFrom, namespace, finders);
      if (referenced) set({ name, ...referenced, line });
    }
  }
  return { variables: [...variables.values()], commandLine: container.commandLine.map(filled) };
}

/** What `envFrom` names and the files hold. Of one that stands twice under the same prefix only the later counts. */
function sourcesOf(
  container: Container,
  namespace: string,
  finders: ConfigFinders,
): { source: Values; config: Config; prefix: string }[] {
  const sources = container.envFrom.flatMap((source) => {
    const config =
      configOf(source.configMapRef, finders.configMap, namespace) ??
      configOf(source.secretRef, finders.secret, namespace);
    return config ? [{ source, config, prefix: asText(source.prefix) ?? '' }] : [];
  });
  const later = new Map<Config, Set<string>>();
  return sources
    .reverse()
    .filter(({ config, prefix }) => {
      const prefixes = later.get(config) ?? new Set();
      later.set(config, prefixes);
      return prefixes.size < prefixes.add(prefix).size;
    })
    .reverse();
}

function referencedValue(
  valueFrom: Values,
  namespace: string,
  finders: ConfigFinders,
): Pick<Variable, 'value' | 'from'> | null {
  for (const [reference, find] of [
    [valueFrom.configMapKeyRef, finders.configMap],
    [valueFrom.secretKeyRef, finders.secret],
  ] as const) {
    const config = configOf(reference, find, namespace);
    const value = isMapping(reference) ? config?.entries.get(asText(reference.key) ?? '') : undefined;
    if (config && value !== undefined) return { value, from: `${config.kind} ${config.name}` };
  }
  return null;
}

function configOf(reference: unknown, find: Finder<Config>, namespace: string): Config | null {
  return isMapping(reference) ? find(asText(reference.name) ?? '', namespace) : null;
}
