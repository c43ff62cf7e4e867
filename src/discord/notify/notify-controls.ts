import { onControl } from '../core/control.ts';
import type { Control } from '../core/handlers.ts';
import type { ExplainHandlers } from './explain-handlers.ts';
import { pickExplained, turnExplanation } from './explanation.ts';
import {
  editRule,
  pauseRule,
  postSample,
  removeRule,
  resumeRule,
  setRule,
  turnRulesPage,
  undoRule,
} from './rule-controls.ts';
import type { RuleHandlers } from './rule-handlers.ts';
import type { WatchHandlers } from './watch-handlers.ts';
import { leaveWatch, pickWatch, resumeWatch, stopWatching, turnWatchPage } from './watch-messages.ts';

export interface NotifyHandlers {
  readonly rules: Pick<RuleHandlers, 'list' | 'show' | 'set' | 'step' | 'undo' | 'test'>;
  readonly posts: Pick<ExplainHandlers, 'explainJob'>;
  readonly watches: Pick<WatchHandlers, 'add' | 'leave' | 'stop' | 'resume' | 'list'>;
}

/** What is under the replies of `/notify` and `/watch`. */
export function notifyControls({ rules, posts, watches }: NotifyHandlers): Control[] {
  return [
    ...ruleControls(rules),
    onControl(turnExplanation, ({ caller, args: { ref, page } }) => posts.explainJob(caller, ref, page)),
    onControl(pickExplained, ({ caller, values: [ref = ''] }) => posts.explainJob(caller, ref)),
    ...watchControls(watches),
  ];
}

function ruleControls(rules: NotifyHandlers['rules']): Control[] {
  return [
    onControl(turnRulesPage, ({ caller, args: { page } }) => rules.list(caller, page)),
    onControl(postSample, ({ caller, args: { number } }) => rules.test(caller, number)),
    onControl(editRule, ({ caller, args: { number } }) => rules.show(caller, number)),
    onControl(setRule, ({ caller, args: { number, field }, values }) => rules.set(caller, number, field, values)),
    onControl(pauseRule, ({ caller, args: { number, page } }) => rules.step(caller, 'pause', number, page)),
    onControl(resumeRule, ({ caller, args: { number, page } }) => rules.step(caller, 'resume', number, page)),
    onControl(removeRule, ({ caller, args: { number, page } }) => rules.step(caller, 'remove', number, page)),
    onControl(undoRule, ({ caller, args: { revision, page } }) => rules.undo(caller, revision, page)),
  ];
}

/** A live card is in the channel that its control names. */
function watchControls(watches: NotifyHandlers['watches']): Control[] {
  return [
    onControl(pickWatch, ({ caller, args: { action }, values: [ref = ''] }) =>
      action === 'add' ? watches.add(caller, ref) : watches.stop(caller, ref),
    ),
    onControl(turnWatchPage, ({ caller, args: { page } }) => watches.list(caller, page)),
    onControl(leaveWatch, ({ caller, args: { channelId, ref } }) => watches.leave({ ...caller, channelId }, ref)),
    onControl(stopWatching, ({ caller, args: { channelId, ref, page = 1 } }) =>
      watches.stop({ ...caller, channelId }, ref, page),
    ),
    onControl(resumeWatch, ({ caller, args: { channelId, ref, addedAt, page } }) =>
      watches.resume({ ...caller, channelId }, ref, addedAt, page),
    ),
  ];
}
