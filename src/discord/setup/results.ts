import { DEFAULT_EVENTS } from '../../notifications/notification-events.ts';
import type { Rule } from '../../notifications/rules/rule.ts';
import type { RuleStore } from '../../notifications/rules/rule-store.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Caller } from '../core/caller.ts';
import type { ChannelDirectory } from '../core/guild-directory.ts';
import { findAccessProblem } from './access-problem.ts';
import { parseRevisionsText, toRevisionsText } from './results-undo.ts';
import { type SetupNote, toResultChannelIds } from './setup-card.ts';
import { undoResults } from './setup-controls.ts';
import { resultsChanged, SETUP, undoElsewhere } from './words.ts';

export interface ResultsNeeds {
  readonly rules: Pick<RuleStore, 'list' | 'add' | 'pause' | 'resume' | 'undo'>;
  readonly directory: ChannelDirectory;
  readonly clock: Clock;
}

/** Rules post in these channels alone from now on: what is missing is resumed or added, what is too much is paused. */
export async function changeResults(
  needs: ResultsNeeds,
  caller: Caller,
  picked: readonly string[],
): Promise<SetupNote | undefined> {
  const rules = await needs.rules.list(caller.guildId);
  const known = toResultChannelIds(rules);
  const addedIds = picked.filter((channelId) => !known.includes(channelId));
  const removedIds = known.filter((channelId) => !picked.includes(channelId));
  const problem = findAccessProblem(needs.directory, caller.guildId, addedIds);
  if (problem !== undefined) return problem;
  if (addedIds.length + removedIds.length === 0) return undefined;
  const opened = await openChannels(needs, caller, rules, addedIds);
  const paused = await pauseChannels(needs, caller, rules, removedIds);
  return toNote(resultsChanged(addedIds, removedIds), [...opened, ...paused]);
}

/** Undoes what `changeResults` did, the newest change first. @throws UserError for a rule that was changed since */
export async function undoResultsChange({ rules, clock }: ResultsNeeds, caller: Caller, text: string): Promise<void> {
  const { guildId, userId: by } = caller;
  const at = clock.now();
  for (const revision of parseRevisionsText(text).reverse()) await rules.undo(guildId, revision, { by, at });
}

/** Rules that were paused in a channel post again; where there is none, one is added. Returns what was changed. */
async function openChannels(
  { rules, clock }: ResultsNeeds,
  { guildId, userId: by }: Caller,
  known: readonly Rule[],
  channelIds: readonly string[],
): Promise<readonly Rule[]> {
  const changed: Rule[] = [];
  const at = clock.now();
  for (const channelId of channelIds) {
    const there = known.filter((rule) => rule.channelId === channelId);
    const paused = there.filter((rule) => rule.paused !== undefined);
    for (const { number } of paused) changed.push(await rules.resume(guildId, number, { by, at }));
    if (there.length > 0) continue;
    const input = { channelId, events: [...DEFAULT_EVENTS], media: 'full' as const, createdBy: by };
    changed.push(await rules.add(guildId, input, at));
  }
  return changed;
}

async function pauseChannels(
  { rules, clock }: ResultsNeeds,
  { guildId, userId }: Caller,
  known: readonly Rule[],
  channelIds: readonly string[],
): Promise<readonly Rule[]> {
  const changed: Rule[] = [];
  const posting = known.filter(({ channelId, paused }) => channelIds.includes(channelId) && paused === undefined);
  for (const { number } of posting) changed.push(await rules.pause(guildId, number, userId, clock.now()));
  return changed;
}

function toNote(sentence: string, changed: readonly Rule[]): SetupNote {
  const change = toRevisionsText(changed.flatMap(({ revision }) => revision ?? []));
  if (change === undefined) return { sentence: `${sentence}\n-# ${undoElsewhere}` };
  return { sentence, undo: undoResults.toButton({ change }, SETUP.undo) };
}
