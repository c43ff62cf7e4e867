import type { BlockReportingApi } from '../../jobs/submissions/blocked-channels.ts';
import type { SubmissionRunner } from '../../jobs/submissions/submission-runner.ts';
import type { AuditLog } from '../../moderation/log/audit-log.ts';
import type { Reviews } from '../../moderation/reviews/reviews.ts';
import type { AlertPosts } from './alert-posts.ts';
import type { ReviewPosts } from './review-posts.ts';
import { logMade, logSubmission } from './submission-log.ts';

/** Logs each submission before it is sent, and which job came of it. */
export function connectLog(runner: Pick<SubmissionRunner, 'onBegun' | 'onMade'>, log: AuditLog): void {
  runner.onBegun((submission) => logSubmission(log, submission));
  runner.onMade((submission, job) => logMade(log, submission, job));
}

/** Shows reviews to those who decide on them, and what they decided to everyone. */
export function connectReviews(
  reviews: Pick<Reviews, 'onOpened' | 'onDecided' | 'onReminder'>,
  posts: Pick<ReviewPosts, 'onOpened' | 'onDecided' | 'onReminder'>,
): void {
  reviews.onOpened(posts.onOpened);
  reviews.onDecided(posts.onDecided);
  reviews.onReminder(posts.onReminder);
}

/** Alerts moderators of what keeps submissions from being taken. */
export function connectAlerts(
  onBlocked: BlockReportingApi['onBlocked'],
  runner: Pick<SubmissionRunner, 'onRefused'>,
  alertPosts: Pick<AlertPosts, 'onBlocked' | 'onRefused'>,
): void {
  onBlocked(alertPosts.onBlocked);
  runner.onRefused(alertPosts.onRefused);
}
