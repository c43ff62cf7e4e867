/** Where a new job is to be made; what is not said is chosen. */
export interface SubmitTarget {
  readonly apiChannel?: string;
  /** As typed. */
  readonly account?: string;
}
