import type { GuildDirectory } from '../core/guild-directory.ts';
import type { Autocomplete, Control, MessageCommand } from '../core/handlers.ts';
import { explainCommand } from './explain-command.ts';
import { type ExplainHandlers, type ExplainNeeds, explainHandlers } from './explain-handlers.ts';
import { notifyControls } from './notify-controls.ts';
import { ruleSuggestions, type SuggestionNeeds, watchSuggestions } from './notify-suggestions.ts';
import { type RuleHandlers, type RuleNeeds, ruleHandlers } from './rule-handlers.ts';
import { type WatchHandlers, type WatchNeeds, watchHandlers } from './watch-handlers.ts';

export type NotifyNeeds = RuleNeeds &
  ExplainNeeds &
  WatchNeeds &
  SuggestionNeeds & { readonly directory: Pick<GuildDirectory, 'ownId'> };

/** `/notify` and `/watch`, what is under their replies, and why a post came, asked at a card. */
export interface NotifyFeature {
  readonly rules: RuleHandlers;
  readonly posts: ExplainHandlers;
  readonly watches: WatchHandlers;
  readonly suggestRules: Autocomplete;
  readonly suggestWatches: Autocomplete;
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
    suggestWatches: watchSuggestions(needs),
    controls: notifyControls({ rules, posts, watches }),
    messageCommands: [explainCommand(posts, needs.directory)],
  };
}
