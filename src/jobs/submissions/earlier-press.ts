import { compact } from '../../shared/compact.ts';
import type { Act } from './submission.ts';

/** A press of the same button before this one. */
export interface EarlierPress {
  /** For `PressRequest.confirms`. */
  readonly id: string;
  /** None where it was made in another server: that server's members and jobs are not told. */
  readonly by?: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly childRef?: string;
  /** It waits its turn and was not sent yet. */
  readonly isWaiting: boolean;
}

/** As a server may be told of it. */
export function toEarlier(act: Act, guildId: string): EarlierPress {
  const base = { id: act.id, at: act.sentAt ?? act.askedAt, isWaiting: act.state === 'waiting' };
  if (act.guildId !== guildId) return base;
  return { ...base, by: act.userId, ...compact({ childRef: act.childRef }) };
}
