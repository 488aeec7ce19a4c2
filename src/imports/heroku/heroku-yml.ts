import type { Fault, SourceFile } from '../model.js';
import { isMapping } from '../reading/values.js';
import { lineOf, yamlDocuments } from '../reading/yaml-documents.js';
import type { ProcessType } from './lines.js';

/** The processes of a heroku.yml's `run` section (devcenter "Building Docker Images with heroku.yml"): type to command. */
export function readHerokuYml(file: SourceFile): { processes: ProcessType[]; faults: Fault[] } {
  const { documents, faults } = yamlDocuments(file);
  const [document] = documents;
  const run = isMapping(document?.value) ? document.value.run : undefined;
  if (document === undefined || !isMapping(run)) return { processes: [], faults };
  const processes = Object.entries(run).map(([type, value]) => ({
    type,
    command: commandOf(value),
    line: lineOf(document, 'run', type),
  }));
  return { processes, faults };
}

function commandOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!isMapping(value)) return '';
  return Array.isArray(value.command) ? value.command.join(' ') : String(value.command ?? '');
}
