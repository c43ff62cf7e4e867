import type { JobFamily } from '../jobs/acting/family.ts';
import type { Presses } from '../jobs/acting/presses.ts';
import type { Submissions } from '../jobs/acting/submissions.ts';
import type { JobActions } from '../jobs/job-actions.ts';
import type { JobIndex } from '../jobs/job-index.ts';
import type { JobStore } from '../jobs/job-store.ts';
import type { RunningBoards } from '../jobs/running-board.ts';
import type { AuditLog } from '../moderation/audit-log.ts';
import type { GuildSettings } from '../moderation/guild-settings.ts';
import type { Permissions } from '../moderation/permissions.ts';
import type { Privacy } from '../moderation/privacy.ts';
import type { Quotas } from '../moderation/quotas.ts';
import type { Reviews } from '../moderation/reviews.ts';
import type { Words } from '../moderation/words.ts';
import type { Explainer } from '../notifications/explain.ts';
import type { LiveCards } from '../notifications/live-cards.ts';
import type { RuleStore } from '../notifications/rule-store.ts';
import type { Clock } from '../shared/clock.ts';
import type { GuildDirectory } from './guild-directory.ts';
import type { JobCards } from './job-cards.ts';
import type { ReviewGate } from './review-gate.ts';
import type { RuleSamples } from './rule-samples.ts';

/** What commands and controls work with; built once by the composition root. */
export interface BotServices {
  readonly clock: Clock;
  readonly actions: JobActions;
  readonly boards: RunningBoards;
  readonly index: JobIndex;
  readonly jobs: Pick<JobStore, 'get' | 'getMany'>;
  readonly cards: JobCards;
  readonly directory: GuildDirectory;
  readonly permissions: Permissions;
  readonly settings: GuildSettings;
  readonly quotas: Quotas;
  readonly words: Words;
  readonly log: AuditLog;
  readonly gate: ReviewGate;
  readonly reviews: Reviews;
  readonly privacy: Privacy;
  readonly presses: Presses;
  readonly submissions: Submissions;
  readonly family: JobFamily;
  readonly rules: RuleStore;
  readonly explainer: Explainer;
  readonly liveCards: LiveCards;
  readonly samples: RuleSamples;
}
