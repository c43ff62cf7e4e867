import { checkChoices } from './commands-rules.ts';
import { record } from './json-rules.ts';
import { ALLOWED_FLAGS, checkFlags, checkMessage } from './message-rules.ts';
import { checkModal } from './modal-rules.ts';
import type { ExistingMessage, PayloadFile, Problems } from './problem-rules.ts';

const CALLBACK = { message: 4, defer: 5, update: 7, autocomplete: 8, modal: 9 } as const;

/** The documented rules for the first answer to an interaction that Discord's schema lacks. */
export function* checkCallback(
  body: unknown,
  files: readonly PayloadFile[],
  existing: ExistingMessage | undefined,
): Problems {
  const { type, data } = record(body);
  switch (type) {
    case CALLBACK.message:
      return yield* checkMessage(data, { path: 'data', does: 'answer', files });
    case CALLBACK.update:
      return yield* checkMessage(data, { path: 'data', does: 'edit', files, existing });
    case CALLBACK.defer:
      return yield* checkFlags(record(data)['flags'], 'data.flags', ALLOWED_FLAGS.defer);
    case CALLBACK.autocomplete:
      return yield* checkChoices(record(data)['choices'], 'data.choices');
    case CALLBACK.modal:
      return yield* checkModal(data, 'data');
    default:
  }
}
