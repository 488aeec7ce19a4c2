/** What happens when something is down. All lists sorted by name. */
export type BlastRadius = {
  /** Parts that stop, without the part itself. */
  stopped: string[];
  /** Parts that go on with less. */
  degraded: string[];
  entriesLost: string[];
  entriesDegraded: string[];
};
