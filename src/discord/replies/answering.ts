import { type Clock, DONE } from '../../shared/clock.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Answer, EditSource, ShowProgress } from '../core/answer.ts';
import { toAnswerCode } from '../core/discord-errors.ts';
import type { InteractionReply } from '../core/interaction-reply.ts';
import { toNoticeMessage } from '../ui/notices.ts';
import { showWithLess } from './answer-levels.ts';
import { replyWords } from './words.ts';

const WAIT_BEFORE_NOTICE_MS = 1_500;

export function toProgress(reply: InteractionReply): ShowProgress {
  return (message) => reply.edit(message);
}

/** Sends the answer, or as much of it as Discord takes. */
export function sendAnswer(reply: InteractionReply, answer: Answer, logger: Logger): Promise<void> {
  return showWithLess(answer, (message) => reply.edit(message), toRefusalLog(logger));
}

/**
 * Answers by a private message beside the control's own one, which can be edited too; says so where it takes a while,
 * as nothing else does.
 */
export async function answerBeside(
  reply: InteractionReply,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  run: (editSource: EditSource) => Promise<Answer>,
): Promise<void> {
  await reply.deferBeside();
  const timer = new AbortController();
  const notice = clock.sleep(WAIT_BEFORE_NOTICE_MS, timer.signal).then(
    () => reply.edit(toNoticeMessage(replyWords.wait)).catch(() => undefined),
    () => undefined,
  );
  try {
    const answer = await run((shown) =>
      showWithLess(shown, (message) => reply.editSource(message), toRefusalLog(logger)),
    );
    timer.abort(DONE);
    await notice;
    if (answer.isOnSource === true && !reply.isBeside) return letGo(answer);
    await sendAnswer(reply, answer, logger);
  } finally {
    timer.abort(DONE);
    await notice;
  }
}

function letGo({ onShown, release }: Answer): void {
  onShown?.();
  release?.();
}

function toRefusalLog(logger: Logger) {
  return (thrown: unknown) =>
    logger.warn({ code: toAnswerCode(thrown), error: toErrorMessage(thrown) }, 'An answer was not taken.');
}
