import type { JobActions } from '../../jobs/job-actions.ts';
import { toLabelHash } from '../../jobs/label-hash.ts';
import { hasSoundZoom } from '../../jobs/submissions/press-rules.ts';
import { MAX_MASK_BYTES } from '../../media/limits.ts';
import { type MaskResult, type PictureSize, toMask } from '../../media/mask.ts';
import { type Region, toRegion, toRegionMask } from '../../media/region-mask.ts';
import { UserError } from '../../shared/errors.ts';
import type { MediaLender } from '../cards/lend-media.ts';
import type { Caller } from '../core/caller.ts';
import { onForm } from '../core/control.ts';
import type { FormFile } from '../core/form-values.ts';
import type { Form } from '../core/handlers.ts';
import { pressForm } from './press-form-view.ts';
import { type PressNeeds, requirePublished, runPress } from './run-press.ts';
import { submissionWords } from './words.ts';

export interface FormNeeds extends PressNeeds {
  readonly actions: Pick<JobActions, 'resolve' | 'show'>;
  readonly media: MediaLender;
}

export function pressForms(needs: FormNeeds): readonly Form[] {
  const form = onForm(pressForm, async ({ args, ...call }) => {
    const { id, caller, fields, files } = call;
    requirePublished(needs, caller, args.ref);
    const prompt = fields['prompt']?.trim() || undefined;
    requireSoundZoom(args.labelHash, prompt);
    const given = { id, caller, ref: args.ref, file: files['mask'], region: toRegion(fields['region']) };
    const mask = args.labelHash === REGION_HASH ? await toGivenMask(needs, given) : undefined;
    return runPress(needs, { ...call, ...args, cardId: args.cardId, prompt, mask });
  });
  return [form];
}

const ZOOM_HASH = toLabelHash('Custom Zoom');
const REGION_HASH = toLabelHash('Vary (Region)');

/** @throws UserError before anything is spent */
function requireSoundZoom(labelHash: string, prompt = ''): void {
  if (labelHash === ZOOM_HASH && !hasSoundZoom(prompt))
    throw new UserError('zoom-invalid', submissionWords.nothingSpent(submissionWords.zoomWrong));
}

interface GivenMask extends Omit<UploadedMask, 'file'> {
  readonly file: FormFile | undefined;
  readonly region: Region | undefined;
}

/** The uploaded mask, else one drawn for the region that was picked. @throws UserError where there is neither */
async function toGivenMask(needs: FormNeeds, { file, region, ...given }: GivenMask): Promise<string> {
  if (file !== undefined) return readMask(needs, { ...given, file });
  if (region === undefined) throw refuse(submissionWords.noRegion);
  return requireMask(await toRegionMask(region, await readPicture(needs, given)));
}

function requireMask(mask: MaskResult): string {
  if ('problem' in mask) throw refuse(mask.problem);
  return mask.base64;
}

interface UploadedMask {
  /** Of the interaction. */
  readonly id: string;
  readonly caller: Caller;
  readonly ref: string;
  readonly file: FormFile;
}

/** The uploaded file as the API takes it. @throws UserError that says what is wrong with it */
async function readMask(needs: FormNeeds, { id, caller, ref, file }: UploadedMask): Promise<string> {
  if (file.size > MAX_MASK_BYTES)
    throw new UserError('mask-invalid', submissionWords.maskTooLarge(file.size, MAX_MASK_BYTES));
  const picture = await readPicture(needs, { caller, ref });
  const lease = await needs.media.lease({
    ref: `mask${id}`,
    guildId: caller.guildId,
    sources: [{ via: 'direct', url: file.url, label: 'mask' }],
    maxFileBytes: MAX_MASK_BYTES,
    maxFiles: 1,
    maxTotalBytes: MAX_MASK_BYTES,
  });
  try {
    const [result] = lease.results;
    if (result?.kind !== 'file')
      throw refuse(submissionWords.maskNotTaken(result?.reason ?? submissionWords.maskMissing));
    return requireMask(await toMask(result.path, picture));
  } finally {
    lease.release();
  }
}

/** The picture that the mask is for; without its size the mask is refused with a sentence. */
async function readPicture(
  { actions }: FormNeeds,
  { caller, ref }: Pick<UploadedMask, 'caller' | 'ref'>,
): Promise<PictureSize> {
  const { known } = await actions.resolve(ref, caller.guildId);
  const { attachments } = known ?? (await actions.show(ref, caller.guildId)).job;
  const [first] = attachments;
  return { width: first?.width ?? 0, height: first?.height ?? 0 };
}

function refuse(problem: string): UserError {
  return new UserError('mask-invalid', submissionWords.nothingSpent(problem));
}
