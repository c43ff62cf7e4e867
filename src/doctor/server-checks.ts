import { type Finding, ok, warning, wrong } from './finding.ts';
import { serverWords } from './words.ts';

/** What a server has decided, as far as it can be decided wrongly. */
export interface ServerSetup {
  readonly ruleCount: number;
  readonly pausedCount: number;
  /** Numbers of rules whose channel Discord refuses. */
  readonly suspended: readonly number[];
  /** `for-words`: results of prompts with a listed word alone. */
  readonly review: 'off' | 'on' | 'for-words' | 'without-channel';
  /** The channel of reviews, where everyone can look into it. */
  readonly openReviewChannelId?: string;
  /** `closed`: it has brought an account that cannot be used now. */
  readonly newJobs: 'taken' | 'not-taken' | 'closed';
}

export function checkSetup(setup: ServerSetup): Finding[] {
  return [checkNewJobs(setup), ...checkRules(setup), ...checkReview(setup)];
}

function checkNewJobs({ newJobs }: ServerSetup): Finding {
  const { takesJobs, takesNoJobs, takesNoJobsTodo, ownClosed, ownClosedTodo } = serverWords;
  if (newJobs === 'closed') return wrong(ownClosed, ownClosedTodo);
  return newJobs === 'taken' ? ok(takesJobs) : warning(takesNoJobs, takesNoJobsTodo);
}

function checkRules({ ruleCount, pausedCount, suspended }: ServerSetup): Finding[] {
  const { noRules, noRulesTodo, allPaused, allPausedTodo, rules, suspendedRules, suspendedTodo } = serverWords;
  if (ruleCount === 0) return [warning(noRules, noRulesTodo)];
  if (ruleCount === pausedCount) return [warning(allPaused, allPausedTodo)];
  const refused = suspended.length > 0 ? [warning(suspendedRules(suspended), suspendedTodo)] : [];
  return [ok(rules(ruleCount - pausedCount)), ...refused];
}

function checkReview({ review, openReviewChannelId }: ServerSetup): Finding[] {
  const { reviewOff, reviewOn, reviewForWords, noReviewChannel, noReviewChannelTodo, openReview, openReviewTodo } =
    serverWords;
  if (review === 'without-channel') return [wrong(noReviewChannel, noReviewChannelTodo)];
  if (review === 'off') return [ok(reviewOff)];
  if (openReviewChannelId !== undefined) return [warning(openReview(openReviewChannelId), openReviewTodo)];
  return [ok(review === 'on' ? reviewOn : reviewForWords)];
}
