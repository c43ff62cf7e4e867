import type { Caller } from './caller.ts';

/** Whether a result waits for its review: until then only reviewers see more than that it does. Answers from memory. */
export interface ReviewGate {
  isHiddenFrom(caller: Caller, ref: string): boolean;
}
