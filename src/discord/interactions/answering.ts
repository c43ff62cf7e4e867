import type { Clock } from '../../shared/clock.ts';
import type { InteractionReply } from '../connection/interaction-reply.ts';
import { toNoticeMessage } from '../views/notices.ts';
import type { Answer, EditSource, ShowProgress } from '../wire/answer.ts';
import { isInteractionOver } from '../wire/discord-errors.ts';
import type { OutgoingMessage } from '../wire/outgoing.ts';

const WAIT_BEFORE_TELLING_MS = 1_500;

export function toProgress(reply: InteractionReply): ShowProgress {
  return (message) => reply.edit(message);
}

/** Sends the answer, without its media where those are at fault: the text always arrives. */
export function sendAnswer(reply: InteractionReply, answer: Answer): Promise<void> {
  return send(answer, (message) => reply.edit(message));
}

/** Answers by a private message beside the control's own one, which can be edited too; says so where it takes a while, as nothing else does. */
export async function answerBeside(
  reply: InteractionReply,
  clock: Clock,
  run: (editSource: EditSource) => Promise<Answer>,
): Promise<void> {
  await reply.deferBeside();
  const timer = new AbortController();
  const telling = clock.sleep(WAIT_BEFORE_TELLING_MS, timer.signal).then(
    () => reply.edit(toNoticeMessage('⏳ One moment…')).catch(() => undefined),
    () => undefined,
  );
  try {
    const answer = await run((shown) => send(shown, (message) => reply.editSource(message)));
    timer.abort();
    await telling;
    await sendAnswer(reply, answer);
  } finally {
    timer.abort();
    await telling;
  }
}

async function send(
  { message, withoutMedia, release }: Answer,
  show: (message: OutgoingMessage) => Promise<void>,
): Promise<void> {
  try {
    await show(message);
  } catch (thrown) {
    if (withoutMedia === undefined || isInteractionOver(thrown)) throw thrown;
    await show(withoutMedia());
  } finally {
    release?.();
  }
}
