import type { FamilyMember } from '../../jobs/family/family-tree.ts';
import type { JobFamily } from '../../jobs/family/job-family.ts';
import type { Job } from '../../jobs/job.ts';
import { toMediaSources } from '../../jobs/job-media.ts';
import { toWordlessJob } from '../../jobs/wordless-job.ts';
import { MAX_TOTAL_BYTES } from '../../media/limits.ts';
import type { MediaLease } from '../../media/media-file.ts';
import type { MediaLender } from '../cards/job-cards.ts';
import type { ReviewGate } from '../cards/review-gate.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { onControl } from '../core/control.ts';
import type { Control } from '../core/handlers.ts';
import { toComparison } from './comparison.ts';
import { compareSiblings, toFamilyMessage } from './family-tree-view.ts';

export interface FamilyNeeds {
  readonly family: Pick<JobFamily, 'tree' | 'siblings'>;
  readonly gate: Pick<ReviewGate, 'audienceOf' | 'conceal'>;
  readonly media: MediaLender;
}

export function familyControls(needs: FamilyNeeds): readonly Control[] {
  return [onControl(compareSiblings, ({ caller, args: { ref } }) => compare(needs, ref, caller))];
}

/** The tree that a job stands in, from its root. */
export async function showFamily(needs: FamilyNeeds, idOrRef: string, caller: Caller): Promise<Answer> {
  const { gate } = needs;
  const family = await needs.family.tree(idOrRef, caller.guildId);
  const audience = gate.audienceOf(caller, true);
  const root = changeAll(family.root, (job) => gate.conceal(job, audience));
  return {
    message: toFamilyMessage({ ...family, root }),
    withoutWords: () => toFamilyMessage({ ...family, root: changeAll(root, toWordlessJob) }),
  };
}

/** Up to ten siblings in one gallery, one picture each. */
async function compare({ family, gate, media }: FamilyNeeds, ref: string, caller: Caller): Promise<Answer> {
  const siblings = await family.siblings(ref, caller.guildId);
  const audience = gate.audienceOf(caller, true);
  const reasons = siblings.map((job) => gate.conceal(job, audience).concealed);
  const shown = siblings.filter((_, at) => reasons[at] === undefined);
  const hidden = reasons.filter((reason) => reason !== undefined);
  const leases = await Promise.all(shown.map((job) => leasePicture(media, job, shown.length, caller.maxFileBytes)));
  const entries = shown.map((job, at) => ({ job, media: leases[at]?.results[0] }));
  const wordless = () => entries.map(({ job, ...entry }) => ({ ...entry, job: toWordlessJob(job) }));
  const bare = () => shown.map((job) => ({ job, media: undefined }));
  return {
    message: toComparison(entries, hidden),
    withoutMedia: () => toComparison(bare(), hidden),
    withoutWords: () => toComparison(wordless(), hidden),
    release() {
      for (const lease of leases) lease.release();
    },
  };
}

/** The tree with every job as `change` makes it. */
function changeAll(member: FamilyMember, change: (job: Job) => Job): FamilyMember {
  const { job, children, ...rest } = member;
  return {
    ...rest,
    ...(job !== undefined && { job: change(job) }),
    children: children.map((child) => changeAll(child, change)),
  };
}

function leasePicture(media: MediaLender, job: Job, count: number, maxFileBytes: number): Promise<MediaLease> {
  const share = Math.floor(MAX_TOTAL_BYTES / count);
  return media.lease({
    ref: job.ref,
    sources: toMediaSources(job).slice(0, 1),
    maxFileBytes: Math.min(maxFileBytes, share),
    maxFiles: 1,
    maxTotalBytes: share,
  });
}
