import type { Plan } from '../domain/model.js';

/** One file as it was pasted or uploaded. `name` may hold a folder path with forward slashes; '' when pasted without a name. */
export type SourceFile = {
  name: string;
  text: string;
  /** True where somebody gave this very file, and not a folder that it lies in. */
  isNamed?: boolean;
  /** Of a file that was kept by its name alone: why nothing in it was read, as the rest of a sentence that begins with "is". */
  leftOut?: string;
  /** The line that shows it, 1-based. */
  leftOutAt?: number;
};

export type Format = 'compose' | 'kubernetes' | 'heroku' | 'plan';

/**
 * One line of the report. `read`: taken as written. `guessed`: concluded, may be wrong. `assumed`: not in the file, a default was taken.
 * `added`: put in because of an answer to a question (who runs the cluster). `skipped`: seen and left out. `warning`: read, but look at it.
 */
export type Note = {
  kind: 'read' | 'guessed' | 'assumed' | 'added' | 'skipped' | 'warning';
  message: string;
  /** The part it speaks of, where it speaks of one. */
  part?: string;
  file?: string;
  /** 1-based. */
  line?: number;
};

/** Why a file cannot be read. `message` says what is wrong and what to do; line and column are 1-based where they are known. */
export type Fault = { message: string; file: string; line?: number; column?: number };

/** Who runs the cluster the manifests are for: adds its parts, one managed part, or nothing. */
export type ClusterAnswer = 'self' | 'managed' | 'none';

export type ImportOptions = {
  /** Only asked of Kubernetes manifests. Default 'none'. */
  cluster?: ClusterAnswer;
  /** Taken for every self-run replica the files give no availability for, e.g. 0.9995. Default: left unknown. */
  assumedAvailability?: number;
  /** The plan's name, else one is made from the files. */
  planName?: string;
};

/** Faults mean that nothing was imported; the draft is complete or absent, never half. */
export type ImportResult =
  | { ok: true; format: Format; plan: Plan; report: Note[] }
  | { ok: false; faults: Fault[]; report: Note[] };

/**
 * What every format reader has. It gets all the files of one import that belong to it, parsed by itself, and never throws on input but for a
 * TooMuch (reading/budget.ts).
 */
export type Reader = (files: SourceFile[], options: ImportOptions) => ImportResult;
