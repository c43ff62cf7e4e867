import { compact } from '../../shared/compact.ts';
import type { Submission } from './submission.ts';

/** A press of the same button before this one. */
export interface EarlierPress {
  /** For `PressRequest.confirms`. */
  readonly id: string;
  /** None where it was made in another server: that server's members and jobs are not named. */
  readonly by?: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly childRef?: string;
  /** It waits its turn and was not sent yet. */
  readonly isWaiting: boolean;
}

/** As a server may see it. */
export function toEarlier(submission: Submission, guildId: string): EarlierPress {
  const base = {
    id: submission.id,
    at: submission.sentAt ?? submission.askedAt,
    isWaiting: submission.state === 'waiting',
  };
  if (submission.guildId !== guildId) return base;
  return { ...base, by: submission.userId, ...compact({ childRef: submission.childRef }) };
}
