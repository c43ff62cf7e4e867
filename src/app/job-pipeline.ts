import type { PrivateCards } from '../discord/cards/private-cards.ts';
import type { AlertPosts } from '../discord/moderation/alert-posts.ts';
import type { ReviewPosts } from '../discord/moderation/review-posts.ts';
import type { Job } from '../jobs/job.ts';
import type { JobTracker, Transition } from '../jobs/job-tracker.ts';
import type { JobWatcher } from '../jobs/job-watcher.ts';
import type { ModeratedJobs } from '../jobs/submissions/moderated-jobs.ts';
import type { Submissions } from '../jobs/submissions/submissions.ts';
import type { Gate } from '../moderation/reviews/gate.ts';
import type { LiveCards } from '../notifications/live-cards/live-cards.ts';
import type { Notifier } from '../notifications/notifier.ts';

/** Who has a part in what happens when a job changes or ends. */
export interface JobPipelineSteps {
  readonly reviewPosts: Pick<ReviewPosts, 'noteEnded'>;
  readonly gate: Pick<Gate, 'admit'>;
  readonly notifier: Pick<Notifier, 'onTransition' | 'onLostContact'>;
  readonly moderated: Pick<ModeratedJobs, 'onTransition'>;
  readonly alertPosts: Pick<AlertPosts, 'onTransition' | 'onLostContact'>;
  readonly submissions: Pick<Submissions, 'noteJob'>;
  readonly liveCards: Pick<LiveCards, 'onChange'>;
  readonly privateCards: Pick<PrivateCards, 'refresh'>;
}

/** What happens with events of jobs; the tracker and the watcher each know one of it. */
export interface JobPipeline {
  /** Before the job is stored. Rejects where a step could not store its part: then all is done again. */
  onTransition(transition: Transition): Promise<void>;
  /** Before a job is stored that is first met when it had already ended. */
  onMetFinal(job: Job): Promise<void>;
  /** Before it is stored that nothing is heard of a job any more. */
  onLostContact(job: Job): Promise<void>;
  /** After the job was stored. */
  onChange(job: Job): void;
}

/**
 * The order is what makes it right: who posts a review must find its job, nothing may be planned before it is known
 * whether the result is held, and what could not be planned must be neither alerted nor stored. Every step is
 * idempotent.
 */
export function createJobPipeline(steps: JobPipelineSteps): JobPipeline {
  const { reviewPosts, gate, notifier, moderated, alertPosts, submissions, liveCards, privateCards } = steps;
  return {
    async onTransition(transition) {
      await reviewPosts.noteEnded(transition.job);
      await gate.admit(transition.job);
      await notifier.onTransition(transition);
      await moderated.onTransition(transition);
      await alertPosts.onTransition(transition);
    },
    async onMetFinal(job) {
      await reviewPosts.noteEnded(job);
      await gate.admit(job);
    },
    async onLostContact(job) {
      await notifier.onLostContact(job);
      await alertPosts.onLostContact(job);
    },
    onChange(job) {
      void submissions.noteJob(job);
      liveCards.onChange(job);
      void privateCards.refresh(job.ref);
    },
  };
}

/** Hands all events of jobs to the pipeline. */
export function connectJobPipeline(
  { tracker, watcher }: { readonly tracker: JobTracker; readonly watcher: JobWatcher },
  pipeline: JobPipeline,
): void {
  tracker.onTransition((transition) => pipeline.onTransition(transition));
  tracker.onMetFinal((job) => pipeline.onMetFinal(job));
  tracker.onChange((job) => pipeline.onChange(job));
  watcher.onLostContact((job) => pipeline.onLostContact(job));
}
