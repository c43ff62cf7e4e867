import type { Job } from '../../jobs/job.ts';
import type { Level, Notice, PrepareOptions } from '../../notifications/delivery/channel-poster.ts';
import type { OutgoingMessage } from './outgoing.ts';

/** A message, a name for where one is needed, and what to let go of once it is sent. */
export interface NoticeMessage {
  readonly message: OutgoingMessage;
  release(): void;
}

/** Makes messages of what is to be posted. Rejects where it cannot be made at this level. */
export interface MessageMaker<N = Notice> {
  make(notice: N, options: PrepareOptions): Promise<NoticeMessage>;
  /** A name for where a message needs one, as in a forum. */
  toTitle(notice: N, level: Level): string;
  /** The job whose live card the notice is, if it is one. */
  toFollowedJob(notice: N): Job | undefined;
}
