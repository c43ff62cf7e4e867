import type { Job } from '../../jobs/job.ts';
import { MAX_MASK_BYTES } from '../../media/limits.ts';
import { type PictureSize, toMask } from '../../media/mask.ts';
import { UserError } from '../../shared/errors.ts';
import { formatBytes } from '../../shared/text.ts';
import type { FormFile } from '../core/form-values.ts';
import type { Form, FormCall } from '../core/handlers.ts';
import { requirePressing, runPress } from './run-press.ts';

/** The form of a press with a prompt, or a mask and a prompt. */
const pressForm: Form = {
  name: 'press-form',
  acknowledges: 'beside',
  async run(call) {
    const {
      args: [ref = '', labelHash = '', cardId = ''],
      fields,
      files,
    } = call;
    requirePressing({ ...call, ref });
    const text = fields['prompt']?.trim() ?? '';
    const prompt = text === '' ? {} : { prompt: text };
    const mask = files['mask'] === undefined ? {} : { mask: await readMask(call, ref, files['mask']) };
    return runPress({ ...call, ref, labelHash, cardId, ...prompt, ...mask });
  },
};

export const pressForms: readonly Form[] = [pressForm];

/** The uploaded file as the API takes it. @throws UserError that says what is wrong with it */
async function readMask({ id, caller, services }: FormCall, ref: string, file: FormFile): Promise<string> {
  if (file.size > MAX_MASK_BYTES)
    throw new UserError(
      'mask-invalid',
      `The mask has ${formatBytes(file.size)}, and ${formatBytes(MAX_MASK_BYTES)} is the most. Nothing was sent: press the button again.`,
    );
  const { known } = await services.actions.resolve(ref, caller.guildId);
  const picture = toPicture(known ?? (await services.actions.show(ref, caller.guildId)).job);
  const lease = await services.media.lease({
    ref: `mask${id}`,
    sources: [{ via: 'direct', url: file.url, label: 'mask' }],
    ...{ maxFileBytes: MAX_MASK_BYTES, maxFiles: 1, maxTotalBytes: MAX_MASK_BYTES },
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
