import type { PostOutcome } from '../notifications/delivery/sender.ts';

/** What a message is: one that rules or live cards post, one to moderators or a member, a live board, a greeting. */
type PostKind = 'notification' | 'moderators' | 'live-board' | 'greeting';

/** Makes what is called with each outcome of messages of a kind; it must not throw. */
export type PostObserver = (kind: PostKind) => (outcome: PostOutcome) => void;
