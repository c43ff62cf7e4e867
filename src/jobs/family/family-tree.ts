import { compact } from '../../shared/compact.ts';
import type { Job } from '../job.ts';
import { toJobRef } from '../job-ref.ts';

/** One job of a family and what was made of it. */
export interface FamilyMember {
  readonly ref: string;
  readonly jobid: string;
  /** The button that led here from the one above; none for the root. */
  readonly label?: string;
  /** None where it could not be read. */
  readonly job?: Job;
  /** Who pressed or submitted it here. */
  readonly by?: string;
  /** Oldest first. */
  readonly children: readonly FamilyMember[];
}

export interface FamilyTree {
  readonly root: FamilyMember;
  /** How many members there are, the root included. */
  readonly count: number;
  /** Whether some were left out because there are too many. */
  readonly isCut: boolean;
}

export interface FamilyLimits {
  readonly maxMembers: number;
  /** Generations below the root. */
  readonly maxDepth: number;
}

interface Kin {
  readonly jobid: string;
  readonly label?: string | undefined;
}

interface Plan {
  readonly childrenOf: ReadonlyMap<string, readonly Kin[]>;
  readonly count: number;
  readonly isCut: boolean;
}

/**
 * The tree below a job, from the records that are known; each job stands in it once, whatever cycles the records have.
 * @param hidden Ids of jobs that are left out with all below them.
 */
export function toFamilyTree(
  rootJobid: string,
  known: ReadonlyMap<string, Job>,
  hidden: ReadonlySet<string>,
  limits: FamilyLimits,
): FamilyTree {
  const { childrenOf, count, isCut } = planTree(rootJobid, known, hidden, limits);
  const toMember = ({ jobid, label }: Kin): FamilyMember => {
    const job = known.get(jobid);
    return {
      ref: job?.ref ?? toJobRef(jobid),
      jobid,
      ...compact({ label, job }),
      ...(job?.requestedBy !== undefined && { by: job.requestedBy }),
      children: (childrenOf.get(jobid) ?? []).map(toMember),
    };
  };
  return { root: toMember({ jobid: rootJobid }), count, isCut };
}

/** Goes down generation by generation, so that those nearest to the root stay when there are too many. */
function planTree(
  rootJobid: string,
  known: ReadonlyMap<string, Job>,
  hidden: ReadonlySet<string>,
  { maxMembers, maxDepth }: FamilyLimits,
): Plan {
  const seen = new Set([rootJobid]);
  const childrenOf = new Map<string, Kin[]>();
  let generation = [rootJobid];
  let isCut = false;
  for (let depth = 0; generation.length > 0; depth += 1) {
    const next: string[] = [];
    for (const parent of generation) {
      const born = toKin(known, parent).filter(({ jobid }) => !seen.has(jobid) && !hidden.has(jobid));
      const room = depth < maxDepth ? maxMembers - seen.size : 0;
      const kept = born.slice(0, Math.max(0, room));
      isCut ||= kept.length < born.length;
      childrenOf.set(parent, kept);
      for (const { jobid } of kept) seen.add(jobid);
      next.push(...kept.map(({ jobid }) => jobid));
    }
    generation = next;
  }
  return { childrenOf, count: seen.size, isCut };
}

/** The children that a job names, each once. */
export function toKin(known: ReadonlyMap<string, Job>, parent: string): Kin[] {
  const kin = new Map<string, Kin>();
  for (const { jobid, button } of known.get(parent)?.children ?? []) {
    if (jobid !== undefined && !kin.has(jobid)) kin.set(jobid, { jobid, label: button ?? known.get(jobid)?.button });
  }
  return [...kin.values()];
}
