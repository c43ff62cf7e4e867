import type { OutgoingMessage } from './outgoing.ts';

/** A message and what to let go of once it is sent. */
export interface Answer {
  readonly message: OutgoingMessage;
  /** The same without files, for when those do not get through; `reason` is a sentence part for people. */
  readonly withoutMedia?: (reason: string) => OutgoingMessage;
  /** The same without what people and Midjourney wrote, for when Discord does not let those words pass. */
  readonly withoutWords?: () => OutgoingMessage;
  /**
   * Whether the control's own message says it already, so that nothing is shown beside it. Of no matter where a message
   * is edited anyway.
   */
  readonly isOnSource?: boolean;
  /** Called when Discord has taken the message. */
  readonly onShown?: () => void;
  /** Called when the message has left, or could not. */
  readonly release?: () => void;
}

/** Replaces the private message that a control is on. */
export type EditSource = (answer: Answer) => Promise<void>;

/** Shows a message while the real one is still being made. */
export type ShowProgress = (message: OutgoingMessage) => Promise<void>;
