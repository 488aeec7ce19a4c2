import type { Note } from '../model.js';
import { placeOf, setPlace } from '../reading/places.js';
import { asText, isMapping, type Values } from '../reading/values.js';
import { listed } from '../reading/words.js';
import { filledWithin } from './filled.js';

/** No object of a cluster has more text; parameters in parameters' places could grow without end. */
const MAX_TEXT = 2 * 2 ** 20;

/** Fields that take no text: an unset parameter there is a field that is not written. */
const NUMBERS = new Set(['replicas', 'minReplicas', 'maxReplicas', 'minAvailable', 'cpu', 'memory']);

/** An OpenShift Template, which is a list of objects with parameters; not the Templates of other makers. */
export function isTemplate(kind: string, { apiVersion, objects }: Values): boolean {
  return (
    kind === 'Template' &&
    Array.isArray(objects) &&
    /^(?:v1|template\.openshift\.io\/v1)$/.test(asText(apiVersion) ?? '')
  );
}

/**
 * The objects of a Template with the values its parameters have by default (OpenShift, "Writing templates"): `${NAME}` inside a text,
 * `${{NAME}}` for a value that is no text. What has no default, since a person gives it or it is generated, stays as it is written.
 * The note says what was filled in and what was not.
 */
export function templateObjects(
  template: Values,
  at: { file: string; line: number },
): { objects: unknown[]; note: Note } {
  const values = new Map<string, string | null>();
  for (const parameter of Array.isArray(template.parameters) ? template.parameters : []) {
    if (!isMapping(parameter)) continue;
    const isGiven = parameter.generate !== undefined || parameter.required === true;
    values.set(asText(parameter.name) ?? '', asText(parameter.value) ?? (isGiven ? null : ''));
  }
  const unset = new Set<string>();
  const objects = filledIn(template.objects, values, unset);
  const lack = unset.size > 0 ? ` No value is written for ${listed([...unset])}.` : '';
  const message = `An OpenShift Template: read with the default values of its parameters.${lack}`;
  return { objects: Array.isArray(objects) ? objects : [], note: { kind: 'assumed', message, ...at } };
}

/** A copy with the parameters filled in. Places are kept, what is shared stays shared. */
function filledIn(
  document: unknown,
  values: ReadonlyMap<string, string | null>,
  unset: Set<string>,
): unknown {
  const copies = new WeakMap<object, object>();
  let room = MAX_TEXT;
  const fill = (key: string, text: string): unknown => {
    let isLacking = false;
    const standsFor = (written: string, bare?: string, inText?: string) => {
      const name = bare ?? inText ?? '';
      const value = values.get(name);
      if (value === null) unset.add(name);
      if (!value) isLacking = true;
      return value ?? written;
    };
    const filled = filledWithin(text, /\$\{\{(\w+)\}\}|\$\{(\w+)\}/g, room, standsFor);
    room -= filled?.length ?? room + 1;
    if (filled === null) return text;
    return isLacking && NUMBERS.has(key) ? null : filled;
  };
  const copyOf = (key: string, value: unknown): unknown => {
    if (typeof value === 'string') return value.includes('${') ? fill(key, value) : value;
    if (typeof value !== 'object' || value === null) return value;
    const known = copies.get(value);
    if (known) return known;
    const copy: unknown[] | Values = Array.isArray(value) ? [] : Object.create(null);
    copies.set(value, copy);
    for (const [at, item] of Object.entries(value)) {
      const step = Array.isArray(value) ? Number(at) : at;
      Object.assign(copy, { [at]: copyOf(at, item) });
      setPlace(copy, step, placeOf(value, step));
    }
    return copy;
  };
  return copyOf('', document);
}

/**
 * The images that a DeploymentConfig's triggers put into its containers, by the container's name. The containers themselves often have
 * none, or a blank: `mongodb:3.4`, an ImageStreamTag, is all there is to say what runs.
 */
export function triggeredImages({ kind, spec }: { kind: string; spec: Values }): Map<string, string> {
  const images = new Map<string, string>();
  if (kind !== 'DeploymentConfig' || !Array.isArray(spec.triggers)) return images;
  for (const trigger of spec.triggers) {
    const change =
      isMapping(trigger) && isMapping(trigger.imageChangeParams) ? trigger.imageChangeParams : {};
    const image = isMapping(change.from) ? asText(change.from.name) : undefined;
    const containers = Array.isArray(change.containerNames) ? change.containerNames : [];
    if (image !== undefined) for (const name of containers) images.set(asText(name) ?? '', image);
  }
  return images;
}
