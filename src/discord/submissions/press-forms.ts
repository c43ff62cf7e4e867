import type { Job } from '../../jobs/job.ts';
import type { JobActions } from '../../jobs/job-actions.ts';
import { MAX_MASK_BYTES } from '../../media/limits.ts';
import { type PictureSize, toMask } from '../../media/mask.ts';
import { UserError } from '../../shared/errors.ts';
import { formatBytes } from '../../shared/text.ts';
import type { MediaLender } from '../cards/job-cards.ts';
import type { Caller } from '../core/caller.ts';
import { onForm } from '../core/control.ts';
import type { FormFile } from '../core/form-values.ts';
import type { Form } from '../core/handlers.ts';
import { pressForm } from './press-form-view.ts';
import { type PressNeeds, requirePublished, runPress } from './run-press.ts';

export interface FormNeeds extends PressNeeds {
  readonly actions: Pick<JobActions, 'resolve' | 'show'>;
  readonly media: MediaLender;
}

export function pressForms(needs: FormNeeds): readonly Form[] {
  const form = onForm(pressForm, async ({ args, ...call }) => {
    const { id, caller, fields, files } = call;
    requirePublished(needs, caller, args.ref);
    const prompt = fields['prompt']?.trim() || undefined;
    const file = files['mask'];
    const mask = file === undefined ? undefined : await readMask(needs, { id, caller, ref: args.ref, file });
    return runPress(needs, { ...call, ...args, cardId: args.cardId, prompt, mask });
  });
  return [form];
}

interface UploadedMask {
  /** Of the interaction. */
  readonly id: string;
  readonly caller: Caller;
  readonly ref: string;
  readonly file: FormFile;
}

/** The uploaded file as the API takes it. @throws UserError that says what is wrong with it */
async function readMask({ actions, media }: FormNeeds, { id, caller, ref, file }: UploadedMask): Promise<string> {
  if (file.size > MAX_MASK_BYTES)
    throw new UserError(
      'mask-invalid',
      `The mask has ${formatBytes(file.size)}, and ${formatBytes(MAX_MASK_BYTES)} is the most. Nothing was sent: press the button again.`,
    );
  const { known } = await actions.resolve(ref, caller.guildId);
  const picture = toPicture(known ?? (await actions.show(ref, caller.guildId)).job);
  const lease = await media.lease({
    ref: `mask${id}`,
    sources: [{ via: 'direct', url: file.url, label: 'mask' }],
    maxFileBytes: MAX_MASK_BYTES,
    maxFiles: 1,
    maxTotalBytes: MAX_MASK_BYTES,
  });
  try {
    const [result] = lease.results;
    if (result?.kind !== 'file')
      throw refuse(
        `The mask could not be taken: ${result?.reason ?? 'it is not there'}. Upload a PNG in black and white.`,
      );
    const mask = await toMask(result.path, picture);
    if ('problem' in mask) throw refuse(mask.problem);
    return mask.base64;
  } finally {
    lease.release();
  }
}

/** The picture that the mask is for; without its size the mask is refused with a sentence. */
function toPicture({ attachments: [first] }: Job): PictureSize {
  return { width: first?.width ?? 0, height: first?.height ?? 0 };
}

function refuse(problem: string): UserError {
  return new UserError('mask-invalid', `${problem} Nothing was sent or spent: press the button again.`);
}
