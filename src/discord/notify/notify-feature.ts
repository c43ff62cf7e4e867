import type { JobAnswers } from '../cards/job-answers.ts';
import { onControl } from '../core/control.ts';
import type { GuildDirectory } from '../core/guild-directory.ts';
import type { Autocomplete, Control, MessageCommand } from '../core/handlers.ts';
import { type ConditionNeeds, conditionSuggestions } from './condition-suggestions.ts';
import { explainCommand } from './explain-command.ts';
import { type ExplainHandlers, type ExplainNeeds, explainHandlers } from './explain-handlers.ts';
import { openEnded } from './job-notices.ts';
import { notifyControls } from './notify-controls.ts';
import { ruleSuggestions, type SuggestionNeeds, type SuggestWatches, watchSuggestions } from './notify-suggestions.ts';
import { type RuleHandlers, type RuleNeeds, ruleHandlers } from './rule-handlers.ts';
import { type WatchHandlers, type WatchNeeds, watchHandlers } from './watch-handlers.ts';

export type NotifyNeeds = RuleNeeds &
  ExplainNeeds &
  WatchNeeds &
  SuggestionNeeds &
  ConditionNeeds & {
    readonly directory: Pick<GuildDirectory, 'ownId'>;
    readonly jobAnswers: Pick<JobAnswers, 'show'>;
  };

/** `/notify` and `/watch`, what is under their replies, and why a post came, asked at a card. */
export interface NotifyFeature {
  readonly rules: RuleHandlers;
  readonly posts: ExplainHandlers;
  readonly watches: WatchHandlers;
  readonly suggestRules: Autocomplete;
  readonly suggestEvents: Autocomplete;
  readonly suggestVerbs: Autocomplete;
  readonly suggestQuietHours: Autocomplete;
  readonly suggestRuleAccounts: Autocomplete;
  readonly suggestWatches: SuggestWatches;
  readonly controls: readonly Control[];
  readonly messageCommands: readonly MessageCommand[];
}

export function notifyFeature(needs: NotifyNeeds): NotifyFeature {
  const rules = ruleHandlers(needs);
  const posts = explainHandlers(needs);
  const watches = watchHandlers(needs);
  return {
    rules,
    posts,
    watches,
    suggestRules: ruleSuggestions(needs),
    ...conditionSuggestions(needs),
    suggestWatches: watchSuggestions(needs),
    controls: [
      ...notifyControls({ rules, posts, watches }),
      onControl(openEnded, ({ caller, args: { ref }, showProgress }) =>
        needs.jobAnswers.show(ref, { caller, showProgress }),
      ),
    ],
    messageCommands: [explainCommand(posts, needs.directory)],
  };
}
