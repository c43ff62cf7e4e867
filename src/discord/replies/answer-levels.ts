import type { Answer } from '../core/answer.ts';
import {
  isInteractionOver,
  mayPassWithLess,
  mayPassWithoutMedia,
  toAnswerCode,
  toUploadReason,
} from '../core/discord-errors.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { toLeftOutMessage } from './refused-answers.ts';

interface Attempt {
  /** Whether it may pass after this was thrown. */
  fits(thrown: unknown): boolean;
  make(thrown: unknown): OutgoingMessage;
}

/** Shows an answer, and less of it where Discord does not take the whole: without its media, then without its words. */
export async function showWithLess<T>(
  answer: Answer,
  show: (message: OutgoingMessage) => Promise<T>,
  onRefused: (thrown: unknown) => void = () => undefined,
): Promise<T> {
  let refusal: unknown;
  try {
    for (const { fits, make } of toAttempts(answer)) {
      if (refusal !== undefined && !fits(refusal)) continue;
      try {
        const shown = await show(make(refusal));
        answer.onShown?.();
        return shown;
      } catch (thrown) {
        if (isInteractionOver(thrown)) throw thrown;
        onRefused(thrown);
        refusal = thrown;
      }
    }
    throw refusal;
  } finally {
    answer.release?.();
  }
}

function toAttempts({ message, withoutMedia, withoutWords }: Answer): Attempt[] {
  const attempts: Attempt[] = [{ fits: () => true, make: () => message }];
  if (withoutMedia !== undefined) {
    attempts.push({ fits: mayPassWithoutMedia, make: (thrown) => withoutMedia(toUploadReason(thrown)) });
  }
  if (withoutWords !== undefined) {
    const make = (thrown: unknown) => toLeftOutMessage(withoutWords(), toAnswerCode(thrown));
    attempts.push({ fits: mayPassWithLess, make });
  }
  return attempts;
}
