import type { FamilyMember } from '../../jobs/family/family-tree.ts';
import type { JobFamily } from '../../jobs/family/job-family.ts';
import type { Job } from '../../jobs/job.ts';
import { toPreviewSources } from '../../jobs/job-media.ts';
import { toWordlessJob } from '../../jobs/wordless-job.ts';
import { MAX_TOTAL_BYTES } from '../../media/limits.ts';
import type { MediaFile, MediaLease } from '../../media/media-file.ts';
import { showFamilyOf } from '../cards/card-controls.ts';
import type { MediaLender } from '../cards/lend-media.ts';
import type { ReviewGate } from '../cards/review-gate.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { onControl } from '../core/control.ts';
import type { Control } from '../core/handlers.ts';
import { type Kin, toComparison } from './comparison.ts';
import { compareChildren, compareSiblings, toFamilyMessage } from './family-tree-view.ts';

export interface FamilyNeeds {
  readonly family: Pick<JobFamily, 'tree' | 'siblings' | 'children'>;
  readonly gate: Pick<ReviewGate, 'audienceOf' | 'conceal'>;
  readonly media: MediaLender;
}

export function familyControls(needs: FamilyNeeds): readonly Control[] {
  return [
    onControl(showFamilyOf, ({ caller, args: { ref } }) => showFamily(needs, ref, caller)),
    onControl(compareSiblings, ({ caller, args: { ref } }) => compare(needs, 'siblings', ref, caller)),
    onControl(compareChildren, ({ caller, args: { ref } }) => compare(needs, 'children', ref, caller)),
  ];
}

/** The tree that a job stands in, from its root. */
export async function showFamily(needs: FamilyNeeds, idOrRef: string, caller: Caller): Promise<Answer> {
  const { gate, media } = needs;
  const family = await needs.family.tree(idOrRef, caller.guildId);
  const audience = gate.audienceOf(caller, true);
  const root = changeAll(family.root, (job) => gate.conceal(job, audience));
  const lease = await leaseSmallPictures(media, root, caller.guildId);
  const shown = { ...family, root };
  return {
    message: toFamilyMessage(shown, lease.pictures),
    withoutMedia: () => toFamilyMessage(shown),
    withoutWords: () => toFamilyMessage({ ...family, root: changeAll(root, toWordlessJob) }, lease.pictures),
    release: lease.release,
  };
}

const SMALL_PICTURES = 10;
/** Bytes of a picture in the tree. */
const SMALL_BYTES = 200 * 1024;

/** A small picture of each of the first jobs of the tree that have one, by ref. */
async function leaseSmallPictures(media: MediaLender, root: FamilyMember, guildId: string) {
  const jobs = toJobs(root).filter((job) => toPreviewSources(job).length > 0);
  const chosen = jobs.slice(0, SMALL_PICTURES);
  const place = { guildId, maxFileBytes: SMALL_BYTES };
  const leases = await Promise.all(chosen.map((job) => leasePicture(media, job, chosen.length, place)));
  const pictures = new Map<string, MediaFile>();
  for (const [at, { results }] of leases.entries()) {
    const [ref, file] = [chosen[at]?.ref ?? '', results[0]];
    if (file?.kind === 'file') pictures.set(ref, file);
  }
  return {
    pictures,
    release() {
      for (const lease of leases) lease.release();
    },
  };
}

function toJobs({ job, children }: FamilyMember): Job[] {
  return [...(job === undefined ? [] : [job]), ...children.flatMap(toJobs)];
}

/** Up to ten siblings, or children, in one gallery, one picture each. */
async function compare({ family, gate, media }: FamilyNeeds, kin: Kin, ref: string, caller: Caller): Promise<Answer> {
  const siblings = await family[kin](ref, caller.guildId);
  const audience = gate.audienceOf(caller, true);
  const reasons = siblings.map((job) => gate.conceal(job, audience).concealed);
  const shown = siblings.filter((_, at) => reasons[at] === undefined);
  const hidden = reasons.filter((reason) => reason !== undefined);
  const leases = await Promise.all(shown.map((job) => leasePicture(media, job, shown.length, caller)));
  const entries = shown.map((job, at) => ({ job, media: leases[at]?.results[0] }));
  const wordless = () => entries.map(({ job, ...entry }) => ({ ...entry, job: toWordlessJob(job) }));
  const bare = () => shown.map((job) => ({ job, media: undefined }));
  return {
    message: toComparison(entries, hidden, kin),
    withoutMedia: () => toComparison(bare(), hidden, kin),
    withoutWords: () => toComparison(wordless(), hidden, kin),
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

function leasePicture(
  media: MediaLender,
  job: Job,
  count: number,
  { guildId, maxFileBytes }: Pick<Caller, 'guildId' | 'maxFileBytes'>,
): Promise<MediaLease> {
  const share = Math.floor(MAX_TOTAL_BYTES / count);
  return media.lease({
    ref: job.ref,
    guildId,
    sources: toPreviewSources(job),
    maxFileBytes: Math.min(maxFileBytes, share),
    maxFiles: 1,
    maxTotalBytes: share,
  });
}
