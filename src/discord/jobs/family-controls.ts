import type { FamilyMember } from '../../jobs/family/family-tree.ts';
import type { Job } from '../../jobs/job.ts';
import { toMediaSources } from '../../jobs/job-media.ts';
import { toWordlessJob } from '../../jobs/wordless-job.ts';
import { MAX_TOTAL_BYTES } from '../../media/limits.ts';
import type { MediaLease } from '../../media/media-file.ts';
import type { Answer } from '../core/answer.ts';
import type { Control, ControlCall } from '../core/handlers.ts';
import { toComparison } from './comparison.ts';
import { toFamilyMessage } from './family-tree-view.ts';

type FamilyCall = Pick<ControlCall, 'caller' | 'services'>;

/** The tree that a job stands in, from its root. */
export async function showFamily(idOrRef: string, { caller, services }: FamilyCall): Promise<Answer> {
  services.permissions.requireAllowed('view', caller);
  const family = await services.family.tree(idOrRef, caller.guildId);
  const audience = services.gate.audienceOf(caller, true);
  const root = changeAll(family.root, (job) => services.gate.conceal(job, audience));
  return {
    message: toFamilyMessage({ ...family, root }),
    withoutWords: () => toFamilyMessage({ ...family, root: changeAll(root, toWordlessJob) }),
  };
}

/** Compare: up to ten siblings in one gallery, one picture each. */
const compareSiblings: Control = {
  name: 'family-compare',
  acknowledges: 'private',
  async run({ caller, args: [ref = ''], services }) {
    services.permissions.requireAllowed('view', caller);
    const siblings = await services.family.siblings(ref, caller.guildId);
    const audience = services.gate.audienceOf(caller, true);
    const reasons = siblings.map((job) => services.gate.conceal(job, audience).concealed);
    const shown = siblings.filter((_, at) => reasons[at] === undefined);
    const leases = await Promise.all(shown.map((job) => leasePicture(job, shown.length, { caller, services })));
    const entries = shown.map((job, at) => ({ job, media: leases[at]?.results[0] }));
    const hidden = reasons.filter((reason) => reason !== undefined);
    return {
      message: toComparison(entries, hidden),
      withoutMedia: () =>
        toComparison(
          shown.map((job) => ({ job, media: undefined })),
          hidden,
        ),
      withoutWords: () =>
        toComparison(
          entries.map(({ job, media }) => ({ job: toWordlessJob(job), media })),
          hidden,
        ),
      release() {
        for (const lease of leases) lease.release();
      },
    };
  },
};

export const familyControls: readonly Control[] = [compareSiblings];

/** The tree with every job as `change` makes it. */
function changeAll(member: FamilyMember, change: (job: Job) => Job): FamilyMember {
  const { job, children, ...rest } = member;
  return {
    ...rest,
    ...(job !== undefined && { job: change(job) }),
    children: children.map((child) => changeAll(child, change)),
  };
}

function leasePicture(job: Job, count: number, { caller, services }: FamilyCall): Promise<MediaLease> {
  const share = Math.floor(MAX_TOTAL_BYTES / count);
  return services.media.lease({
    ref: job.ref,
    sources: toMediaSources(job).slice(0, 1),
    ...{ maxFileBytes: Math.min(caller.maxFileBytes, share), maxFiles: 1, maxTotalBytes: share },
  });
}
