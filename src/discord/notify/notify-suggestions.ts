import type { APIApplicationCommandOptionChoice } from 'discord.js';
import type { JobIndex } from '../../jobs/job-index.ts';
import type { Permissions } from '../../moderation/permissions.ts';
import type { LiveCards } from '../../notifications/live-cards/live-cards.ts';
import type { RuleStore } from '../../notifications/rules/rule-store.ts';
import { cutText } from '../../shared/text.ts';
import { CHOICE_LENGTH, toJobChoice } from '../cards/job-choice.ts';
import type { ReviewGate } from '../cards/review-gate.ts';
import type { GuildDirectory } from '../core/guild-directory.ts';
import type { Autocomplete, AutocompleteCall } from '../core/handlers.ts';
import { ruleWords } from './words.ts';

const LIMIT = 25;

export interface SuggestionNeeds {
  readonly permissions: Pick<Permissions, 'isAllowed'>;
  readonly rules: Pick<RuleStore, 'list'>;
  readonly liveCards: Pick<LiveCards, 'list'>;
  readonly index: Pick<JobIndex, 'get'>;
  readonly gate: Pick<ReviewGate, 'audienceOf' | 'concealmentOf'>;
  readonly directory: Pick<GuildDirectory, 'channel'>;
}

/** Rules of the caller's server, by number and channel. */
export function ruleSuggestions({ permissions, rules, directory }: SuggestionNeeds): Autocomplete {
  return async ({ caller, text }) => {
    if (!permissions.isAllowed('rules', caller)) return [];
    const { guildId } = caller;
    const choices = (await rules.list(guildId)).map(({ number, channelId, events }) => {
      const channel = directory.channel(guildId, channelId)?.name ?? channelId;
      return { name: cutText(ruleWords.choice(number, channel, events.join(', ')), CHOICE_LENGTH), value: number };
    });
    return choices.filter(({ name }) => name.toLowerCase().includes(text.trim().toLowerCase())).slice(0, LIMIT);
  };
}

/** Jobs that fit what is typed. */
export type SuggestWatches = (
  call: Pick<AutocompleteCall, 'caller' | 'text'>,
) => readonly APIApplicationCommandOptionChoice<string>[];

/** Jobs that the caller's channel follows. */
export function watchSuggestions({ permissions, liveCards, index, gate }: SuggestionNeeds): SuggestWatches {
  return ({ caller, text }) => {
    if (!permissions.isAllowed('share', caller)) return [];
    const audience = gate.audienceOf(caller, true);
    const followed = liveCards.list(caller.guildId).filter(({ channelId }) => channelId === caller.channelId);
    return followed
      .flatMap(({ ref }) => index.get(ref) ?? [])
      .map((job) => toJobChoice(job, gate.concealmentOf(job, audience)))
      .filter(({ name }) => name.toLowerCase().includes(text.trim().toLowerCase()));
  };
}
