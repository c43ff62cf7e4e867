import { onControl } from '../core/control.ts';
import type { Control } from '../core/handlers.ts';
import type { ExplainHandlers } from './explain-handlers.ts';
import { turnExplanation } from './explanation.ts';
import type { RuleHandlers } from './rule-handlers.ts';
import { postSample, turnRulesPage } from './rule-messages.ts';
import type { WatchHandlers } from './watch-handlers.ts';
import { stopWatching, turnWatchPage } from './watch-messages.ts';

export interface NotifyHandlers {
  readonly rules: Pick<RuleHandlers, 'list' | 'test'>;
  readonly posts: Pick<ExplainHandlers, 'explainJob'>;
  readonly watches: Pick<WatchHandlers, 'remove' | 'list'>;
}

/** What is under the replies of `/notify` and `/watch`. */
export function notifyControls({ rules, posts, watches }: NotifyHandlers): Control[] {
  return [
    onControl(turnRulesPage, ({ caller, args: { page } }) => rules.list(caller, page)),
    onControl(postSample, ({ caller, args: { number } }) => rules.test(caller, number)),
    onControl(turnExplanation, ({ caller, args: { ref, page } }) => posts.explainJob(caller, ref, page)),
    onControl(stopWatching, ({ caller, args: { channelId, ref } }) => watches.remove({ ...caller, channelId }, ref)),
    onControl(turnWatchPage, ({ caller, args: { page } }) => watches.list(caller, page)),
  ];
}
