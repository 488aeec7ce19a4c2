import type { ExtraCost, Part } from '../../domain/model.js';
import type { Note } from '../model.js';
import { isStoreKind, technologyOfImage } from '../reading/technology.js';
import type { Technology } from '../reading/technology-names.js';
import type { Formation } from './app-json.js';
import { dynoPrices, dynoSize } from './dynos.js';
import type { ProcessType } from './lines.js';

export type Process = ProcessType & { file: string };
export type ProcessParts = { parts: Part[]; extraCosts: ExtraCost[]; notes: Note[] };

const ONE_SHOT =
  /\b(db:\w+|cache:clear|assets:\w+|(manage\.py|django-admin) (migrate|collectstatic|flush|loaddata)|(npm|yarn|pnpm)( run)? (build|migrate|seed|db:\w+)|rails (c|console|db)|bundle install)\b/;
const MIGRATOR = /\b(?:prisma|knex|sequelize|sequelize-cli|typeorm|alembic|flask db) (.*)/s;
const MIGRATES = /(?:migrate|deploy|upgrade|migration:run|seed)\b/;
const FOREMAN = /\b(?:foreman|honcho|overmind|hivemind|goreman)\b(?:.*?(?:-f|--procfile)[ =]?(\S+))?/;

/**
 * One part for each process type. Quantity and size come from the formation; what it does not name runs one dyno for web and none for
 * others, as Heroku does at a first deploy. Dynos are run by the provider and have a known price only when their size is known.
 */
export function processParts(
  processes: readonly Process[],
  formation: readonly Formation[],
  assumedAvailability: number | null,
): ProcessParts {
  const notes: Note[] = [];
  const unsized: string[] = [];
  const flatPrices = new Map<string, number>();
  const byType = new Map(formation.map((entry) => [entry.type, entry]));

  const parts = processes.map(({ type, command, file, line }) => {
    const note = (kind: Note['kind'], message: string, at = line) =>
      notes.push({ kind, message, part: type, file, line: at });
    const entry = byType.get(type);
    const replicas = entry?.quantity ?? (type === 'web' ? 1 : 0);
    if (entry?.quantity == null) {
      const why =
        type === 'web' ? '1 dyno, as web gets at a first deploy' : 'switched off: only web starts by itself';
      note('assumed', `the formation says no quantity for ${type}: ${why}`);
    }

    const size = entry?.size ? dynoSize(entry.size) : null;
    if (entry?.size && !size) {
      note(
        'warning',
        `no price is known for the dyno size "${entry.size}" of ${type}; known are ${dynoPrices()}`,
      );
    } else if (!size) {
      unsized.push(type);
    }
    if (size?.isSingle && replicas > 1)
      note('warning', `${size.product} allows one dyno of ${type}, not ${replicas}`);
    if (size?.isFlat && replicas > 0)
      flatPrices.set(`${size.product} dynos, flat for the account`, size.usdPerMonth);

    const store = type === 'web' ? null : storeOf(type, command);
    if (store) {
      note('guessed', `${type} is ${store.name} run as a process: a dyno's disk is emptied at every restart`);
    } else if (endsByItself(lastStep(command))) {
      note(
        'guessed',
        `${type} looks like a command that ends by itself (${command}); it counts as a part that is ${replicas > 0 ? 'on' : 'off'}`,
      );
    }
    const foreman = FOREMAN.exec(command);
    if (foreman) {
      const source = foreman[1] ?? 'a Procfile';
      note(
        'warning',
        `${type} starts the processes of ${source} inside its own dyno; they are not counted one by one`,
      );
    }
    return {
      name: type,
      kind: type === 'web' ? 'web' : (store?.kind ?? 'worker'),
      replicas,
      needed: Math.min(1, replicas),
      cpuMillicores: null,
      memoryMib: size?.memoryMib ?? null,
      runs: 'managed',
      perMachine: false,
      spread: false,
      availability: assumedAvailability,
      usdPerMonth: size ? (size.isFlat ? 0 : size.usdPerMonth) : null,
      ...(size && { priceBasis: size.priceBasis }),
      technology: store?.name ?? null,
    } satisfies Part;
  });

  if (unsized.length > 0) {
    const message = `no dyno size is written for ${unsized.join(', ')}, so the price is unknown; sizes: ${dynoPrices()}`;
    notes.push({ kind: 'assumed', message });
  }
  const extraCosts = [...flatPrices].map(([label, usdPerMonth]) => ({ label, usdPerMonth }));
  for (const { label } of extraCosts)
    notes.push({ kind: 'assumed', message: `${label}: one line of its own, not a price per dyno` });
  return { parts, extraCosts, notes };
}

/** A store that the app starts as a process of its own, by its name or its program: `redis`, `redis-server`, `mongod`. */
function storeOf(type: string, command: string): Technology | null {
  const words = command.split(/\s+/).filter((word) => !/^(exec|env|[A-Z_]+=.*)$/.test(word));
  const program = words[0]?.split('/').at(-1) ?? '';
  const technology = [program, program.replace(/d$/, ''), type]
    .map(technologyOfImage)
    .find((found) => found !== null);
  return technology && isStoreKind(technology.kind) ? technology : null;
}

/** In two looks: one pattern with any text between a program and what it is to do takes quadratic time. */
function endsByItself(command: string): boolean {
  const [, told = ''] = MIGRATOR.exec(command) ?? [];
  return ONE_SHOT.test(command) || MIGRATES.test(told);
}

/** `migrate && serve` serves: the last step tells whether the process stays. */
function lastStep(command: string): string {
  return command.split(/&&|;|\|\|/).at(-1) ?? command;
}
