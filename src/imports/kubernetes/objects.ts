import type { Fault, Note, SourceFile } from '../model.js';
import { placeOf } from '../reading/places.js';
import { asText, isMapping, mappingAt, textAt, type Values } from '../reading/values.js';
import { type YamlDocument, yamlDocuments } from '../reading/yaml-documents.js';
import {
  isKustomization,
  isPatch,
  kustomizationNote,
  patchFiles,
  patchFilesNote,
  patchNote,
} from './kustomize.js';
import { isReadKind, isWorkloadKind, type KubernetesObject } from './object.js';
import { isTemplate, templateObjects } from './openshift.js';

export type ObjectsRead = {
  objects: KubernetesObject[];
  /** Kinds that say nothing about what runs, with how often and where first. */
  leftOut: Map<string, { count: number; file: string; line: number }>;
  notes: Note[];
  /** Those of the notes that speak of kustomizations and patches. */
  kustomized: Note[];
  faults: Fault[];
};

/**
 * All objects of some files that matter to a plan, lists (`kind: List`, `PodList`) and Templates opened, in the order they stand in.
 * An object that stands twice (kind, namespace and name) counts once, as it is written last, which is what applying the files in turn
 * comes to. Patches, which change an object that stands elsewhere, are not applied. Other kinds are counted in `leftOut`.
 */
export function kubernetesObjects(files: readonly SourceFile[]): ObjectsRead {
  const read: ObjectsRead = { objects: [], leftOut: new Map(), notes: [], kustomized: [], faults: [] };
  const documents = files.flatMap((file) => {
    const { documents, faults, warnings } = yamlDocuments(file);
    read.faults.push(...faults);
    read.notes.push(...warnings);
    return documents;
  });
  const kustomizations = documents.flatMap(({ file, line, value }) =>
    isMapping(value) && isKustomization(value, file) ? [{ file, line, value }] : [],
  );
  const named = patchFiles(kustomizations);
  const isOfObjects = ({ file, value }: YamlDocument) =>
    !named.has(file) && !(isMapping(value) && isKustomization(value, file));
  for (const { file, line, value } of documents.filter(isOfObjects))
    addDocument(value, '', { file, line }, read);

  const notApplied = files.map(({ name }) => name).filter((name) => named.has(name));
  if (notApplied.length > 0) read.kustomized.push(patchFilesNote(notApplied));
  if (kustomizations.length > 0) read.kustomized.push(kustomizationNote(kustomizations));
  const patches = new Set(read.objects.filter(isPatch));
  if (patches.size > 0) read.kustomized.push(patchNote([...patches]));
  read.notes.push(...read.kustomized);
  read.objects = lastOfEach(
    read.objects.filter((object) => !patches.has(object)),
    read.notes,
  );
  return read;
}

function addDocument(
  value: unknown,
  kindOfList: string,
  at: { file: string; line: number },
  read: ObjectsRead,
): void {
  const kind = isMapping(value) ? (asText(value.kind) ?? kindOfList) : '';
  if (!isMapping(value) || kind === '') {
    const message = isMapping(value)
      ? 'A document without "kind" is no Kubernetes object; it was left out.'
      : 'A document that is not a mapping (a patch, maybe) is no Kubernetes object; it was left out.';
    read.notes.push({ kind: 'skipped', message, ...at });
    return;
  }
  if (kind.endsWith('List') && Array.isArray(value.items)) {
    const { items } = value;
    items.forEach((item, i) => {
      addDocument(
        item,
        kind.slice(0, -'List'.length),
        { ...at, line: placeOf(items, i)?.line ?? at.line },
        read,
      );
    });
    return;
  }
  if (isTemplate(kind, value)) {
    const { objects, note } = templateObjects(value, at);
    read.notes.push(note);
    objects.forEach((object, i) => {
      addDocument(object, '', { ...at, line: placeOf(objects, i)?.line ?? at.line }, read);
    });
    return;
  }
  if (!isReadKind(kind, asText(value.apiVersion))) {
    const seen = read.leftOut.get(kind);
    if (seen) seen.count += 1;
    else read.leftOut.set(kind, { count: 1, ...at });
    return;
  }
  const object = objectOf(kind, value, at, read.faults);
  if (object) read.objects.push(object);
}

const MAX_NAME = 253;

function objectOf(
  kind: string,
  value: Values,
  at: { file: string; line: number },
  faults: Fault[],
): KubernetesObject | null {
  const metadata = mappingAt(value, 'metadata', kind, faults) ?? {};
  const generated = textAt(metadata, 'generateName', `${kind}: metadata`, faults);
  const name = textAt(metadata, 'name', `${kind}: metadata`, faults) ?? generated ?? '';
  if (name === '') {
    if (!isWorkloadKind(kind)) return null;
    faults.push({ message: `This ${kind} has no name: it needs metadata.name.`, ...startOf(value, at) });
    return null;
  }
  if (name.length > MAX_NAME) {
    faults.push({
      message: `The name of this ${kind} has ${name.length} characters; Kubernetes allows ${MAX_NAME}.`,
      ...startOf(value, at),
    });
    return null;
  }
  const title = `${kind} ${name}`;
  const namespace = textAt(metadata, 'namespace', `${title}: metadata`, faults) ?? '';
  const spec = mappingAt(value, 'spec', title, faults) ?? {};
  return { kind, name, namespace, metadata, spec, value, title, ...at };
}

/** Where an object begins, by its first key. */
function startOf(value: Values, { file, line }: { file: string; line: number }): Omit<Fault, 'message'> {
  const place = placeOf(value, Object.keys(value)[0] ?? '');
  return { file, line: place?.line ?? line, column: place?.column ?? 1 };
}

function lastOfEach(objects: readonly KubernetesObject[], notes: Note[]): KubernetesObject[] {
  const last = new Map<string, KubernetesObject>();
  for (const object of objects) {
    const key = JSON.stringify([object.kind, object.namespace, object.name]);
    const earlier = last.get(key);
    if (earlier) {
      const { title, file, line } = object;
      const where = earlier.file === file ? `line ${earlier.line}` : `${earlier.file} line ${earlier.line}`;
      notes.push({
        kind: 'warning',
        message: `${title} stands twice (first in ${where}); the later one was taken.`,
        file,
        line,
      });
    }
    last.set(key, object);
  }
  return [...last.values()];
}
