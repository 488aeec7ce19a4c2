import type { Connection, Part, Plan } from '../../domain/model.js';
import type { Fault, Note, Reader, SourceFile } from '../model.js';
import { type AttachedAddOn, addOnParts, chosenAddOns } from './addons.js';
import { type AppJson, readAppJson, type Section } from './app-json.js';
import { chooseFiles, type HerokuFiles, isAppFile, isForDevelopment } from './files.js';
import { type HerokuYml, readHerokuYml } from './heroku-yml.js';
import { readProcfile } from './lines.js';
import { type Process, processParts } from './processes.js';
import { environmentNotes, formationNotes, missingStoreNotes, procfilePathNotes } from './remarks.js';

/** Programs that keep their queue in Redis: without it they have nothing to do. */
const QUEUES_IN_REDIS = /\b(sidekiq|resque|celery|rq|bull|bullmq|arq|huey)\b/;

type Gathered = { report: Note[]; faults: Fault[] };

/**
 * Reads the files of one Heroku app: Procfile, app.json, heroku.yml. Process types become parts run by the provider, add-ons managed
 * parts; the connections between them are guessed, since no file states any. What counts is what production runs: the top level of
 * app.json, or its `environments.production` where that says otherwise.
 */
export const readHeroku: Reader = (sources, options) => {
  const files = chooseFiles(sources);
  const gathered: Gathered = { report: [], faults: [] };
  const { report, faults } = gathered;

  const app = readApp(files, gathered);
  const container = files.herokuYml && readHerokuYml(files.herokuYml);
  const processes = readProcesses(files, container, gathered);
  if (faults.length === 0 && processes.length === 0 && !app && !container?.addOns) {
    const message = 'no process type stands here, and no app.json says what runs';
    faults.push({ message, file: (files.procfile ?? sources[0])?.name ?? '' });
  }
  if (faults.length > 0) return { ok: false, faults, report };
  report.push(...files.others.map(leftOut));

  const { formation, addOns: ofApp } = productionOf(app);
  const addOns = chosenAddOns(ofApp, container?.addOns ?? null, files, report);
  const assumed = options.assumedAvailability ?? null;
  const running = processes.filter(({ type }) => type !== 'release');
  const dynos = processParts(running, formation ?? [], assumed);
  const managed = addOnParts(addOns.list, new Set(running.map(({ type }) => type)), addOns.file);
  const parts = [...dynos.parts, ...managed.attached.map(({ part }) => part)];
  report.push(...releaseNotes(processes), ...dynos.notes, ...managed.notes);
  if (app && files.appJson) {
    const { name } = files.appJson;
    report.push(
      ...formationNotes(formation ?? [], processes, name),
      ...environmentNotes(app, name),
      ...missingStoreNotes(app.env, parts, name),
      ...procfilePathNotes(app.env, files.procfile, files.others, name),
    );
  }

  if (running.length === 0) report.push(noProcess(files));
  const plan: Plan = {
    name: options.planName ?? app?.name ?? folderOf(files) ?? 'Heroku app',
    machineType: null,
    parts,
    connections: connectionsBetween(dynos.parts, running, managed.attached),
    entries: dynos.parts.filter(isOpenWeb).map(({ name }) => ({ name: 'web', parts: [name] })),
    extraCosts: dynos.extraCosts,
  };
  report.push(...closingNotes(plan, dynos.parts, assumed));
  return { ok: true, format: 'heroku', plan, report };
};

/** The app.json, or null where there is none or it belongs to something else; alone and of something else it is a fault. */
function readApp(
  { procfile, appJson, herokuYml }: HerokuFiles,
  { report, faults }: Gathered,
): AppJson | null {
  if (!appJson) return null;
  const file = appJson.name;
  const read = readAppJson(appJson.text, file);
  if (read.kind === 'faults') {
    faults.push(...read.faults);
    return null;
  }
  if (read.kind === 'foreign') {
    if (procfile || herokuYml) report.push({ kind: 'skipped', message: read.why, file });
    else faults.push({ message: read.why, file });
    return null;
  }
  const addOns = read.app.addOns?.length ?? 0;
  report.push({ kind: 'read', message: `app.json: ${addOns} add-ons`, file }, ...read.notes);
  return read.app;
}

function readProcesses(
  { procfile, herokuYml }: HerokuFiles,
  container: HerokuYml | null,
  { report, faults }: Gathered,
): Process[] {
  const inFile =
    (file: string) =>
    (process: Omit<Process, 'file'>): Process => ({ ...process, file });
  faults.push(...(container?.faults ?? []));
  const { processes: runs, built } = container ?? { processes: [], built: [] };
  if (!procfile) {
    if (!herokuYml) return [];
    if (built.length > 0) {
      const types = built.map(({ type }) => type).join(', ');
      const message = `heroku.yml builds an image for ${types} and gives no command: the one of the Dockerfile runs`;
      report.push({ kind: 'read', message, file: herokuYml.name, line: built[0]?.line });
    }
    return [...runs, ...built].map(inFile(herokuYml.name));
  }

  const { processes, faults: wrongLines } = readProcfile(procfile.text, procfile.name);
  faults.push(...wrongLines);
  const types = processes.map(({ type }) => type).join(', ') || 'no process type';
  report.push({ kind: 'read', message: `Procfile: ${types}`, file: procfile.name });
  if (isForDevelopment(procfile)) {
    const message = "this Procfile is a developer's: Heroku reads only the one that is called Procfile";
    report.push({ kind: 'warning', message, file: procfile.name });
  }
  if (herokuYml) {
    const types = runs
      .filter(({ type }) => type !== 'release')
      .map(({ type }) => type)
      .join(', ');
    const message = types
      ? `heroku.yml has a run section (${types}) that replaces the Procfile where the app is built as a container; the Procfile is what was counted`
      : 'heroku.yml has no run section: the Procfile says what runs';
    report.push({ kind: types ? 'warning' : 'read', message, file: herokuYml.name });
  }
  return processes.map(inFile(procfile.name));
}

function productionOf(app: AppJson | null): Section {
  const production = app?.environments.find(({ name }) => name === 'production');
  return {
    formation: production?.formation ?? app?.formation ?? null,
    addOns: production?.addOns ?? app?.addOns ?? null,
  };
}

/** Every dyno is given the address of every add-on: that much is known. That it calls each of them is a guess. */
function connectionsBetween(dynos: Part[], processes: Process[], addOns: AttachedAddOn[]): Connection[] {
  const commandOf = new Map(processes.map(({ type, command }) => [type, command]));
  return dynos
    .filter(({ replicas }) => replicas > 0)
    .flatMap((dyno) =>
      addOns.flatMap(({ part, service }): Connection[] => {
        if (service.strength === null) return [];
        const queue =
          service.technology === 'Redis' ? QUEUES_IN_REDIS.exec(commandOf.get(dyno.name) ?? '') : null;
        const evidence = `add-on attached to the app${queue ? `; ${queue[1]} keeps its queue in it` : ''}`;
        const strength = queue ? 'hard' : service.strength;
        return [{ from: dyno.name, to: part.name, strength, origin: 'guessed', evidence }];
      }),
    );
}

function releaseNotes(processes: Process[]): Note[] {
  return processes
    .filter(({ type }) => type === 'release')
    .map(({ file, line }) => ({
      kind: 'skipped',
      message: 'release is a step of every deploy, not a part that runs',
      file,
      line,
    }));
}

function closingNotes(plan: Plan, dynos: Part[], assumedAvailability: number | null): Note[] {
  const notes: Note[] = [];
  if (plan.connections.length > 0) {
    const message = `${plan.connections.length} connections from running processes to add-ons; no file states any`;
    notes.push({ kind: 'guessed', message });
  }
  if (dynos.length > 0) {
    const message =
      assumedAvailability === null
        ? 'Heroku promises no availability for dynos, so theirs is unknown'
        : `availability ${assumedAvailability} for each dyno: Heroku promises none`;
    notes.push({ kind: 'assumed', message });
  }
  if (plan.entries.length > 0) {
    const message = "Heroku's router stands before web; it is in no file and is not counted";
    notes.push({ kind: 'skipped', message });
  }
  const status =
    'since 2026-02-06 Heroku is in sustaining engineering: support and security, no new features (heroku.com/blog/an-update-on-heroku)';
  return [...notes, { kind: 'warning', message: status }];
}

function noProcess({ procfile, appJson }: HerokuFiles): Note {
  const message =
    'no file states a process (without a Procfile the buildpack starts one for web), so none is counted; add a Procfile such as "web: npm start"';
  return { kind: 'warning', message, file: (procfile ?? appJson)?.name };
}

/** A file of another app is a warning: somebody meant both. A Procfile.dev is left out quietly. */
function leftOut(file: SourceFile): Note {
  const isApp = isAppFile(file);
  const message = isApp ? 'belongs to another app and is not counted: import one app at a time' : 'not read';
  return { kind: isApp ? 'warning' : 'skipped', message, file: file.name };
}

function isOpenWeb({ kind, replicas }: Part): boolean {
  return kind === 'web' && replicas > 0;
}

function folderOf({ procfile, appJson, herokuYml }: HerokuFiles): string | undefined {
  return (procfile ?? appJson ?? herokuYml)?.name.split('/').at(-2);
}
