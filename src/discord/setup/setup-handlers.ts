import { toCreatorRoleIds, withCreator, withoutCreator } from '../../moderation/creators.ts';
import type { ChangeOutcome, GuildSettings, SettingAction } from '../../moderation/guild-settings.ts';
import type { Grants } from '../../moderation/policy.ts';
import type { Settings } from '../../moderation/settings.ts';
import { UserError } from '../../shared/errors.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { findAccessProblem } from './access-problem.ts';
import { type AccountHandlers, type AccountNeeds, accountHandlers, toAccountFacts } from './account-handlers.ts';
import { changeResults, type ResultsNeeds, undoResultsChange } from './results.ts';
import { type SetupNote, toPickedRoleIds, toSetupCard } from './setup-card.ts';
import { undoSetting } from './setup-controls.ts';
import { alertsChanged, creatorsChanged, reviewChanged, SETUP, tooManyGrants, toRoleName } from './words.ts';

export interface SetupNeeds extends ResultsNeeds, AccountNeeds {
  readonly settings: Pick<GuildSettings, 'get' | 'change' | 'undo'>;
  readonly reviewPosts: { postMissing(guildId: string): Promise<void> };
}

type Change = (caller: Caller, picked: readonly string[]) => Promise<Answer>;

/** What the card of `/setup` does; each replies with the card as it is then. */
export interface SetupHandlers {
  readonly show: (caller: Caller) => Promise<Answer>;
  /** The roles but everyone's that can create from now on. */
  readonly creators: Change;
  /** Lets everyone create, or no longer. */
  readonly everyone: (caller: Caller) => Promise<Answer>;
  readonly results: Change;
  readonly review: Change;
  readonly alerts: Change;
  readonly undo: (caller: Caller, entry: number) => Promise<Answer>;
  readonly undoResults: (caller: Caller, change: string) => Promise<Answer>;
  readonly account: AccountHandlers;
  /** Keeps the server's own account. */
  readonly bringAccount: (caller: Caller, fields: Readonly<Record<string, string>>) => Promise<Answer>;
}

const MAX_GRANTS = 200;

export function setupHandlers(needs: SetupNeeds): SetupHandlers {
  const account = accountHandlers(needs);
  return {
    account,
    bringAccount: async (caller, fields) => show(needs, caller, await account.bring(caller, fields)),
    show: (caller) => show(needs, caller),
    creators: (caller, picked) => changeCreators(needs, caller, picked),
    everyone: (caller) => switchEveryone(needs, caller),
    results: (caller, picked) => changeResults(needs, caller, picked).then((note) => show(needs, caller, note)),
    review: (caller, picked) => changeReview(needs, caller, picked[0]),
    alerts: (caller, picked) => changeAlerts(needs, caller, picked[0]),
    undo: (caller, entry) => undo(needs, caller, entry),
    undoResults: async (caller, change) => {
      await undoResultsChange(needs, caller, change);
      return show(needs, caller, { sentence: SETUP.undone });
    },
  };
}

async function show(needs: SetupNeeds, { guildId }: Caller, note?: SetupNote) {
  const { settings, rules, directory } = needs;
  const own = toAccountFacts(needs, guildId);
  const facts = { guildId, settings: settings.get(guildId), rules: await rules.list(guildId), directory, own };
  return { message: toSetupCard({ ...facts, ...(note && { note }) }) };
}

async function changeCreators(needs: SetupNeeds, caller: Caller, picked: readonly string[]): Promise<Answer> {
  const { guildId } = caller;
  const known = toPickedRoleIds(needs.settings.get(guildId), guildId);
  const added = picked.filter((roleId) => !known.includes(roleId));
  const removed = known.filter((roleId) => !picked.includes(roleId));
  return grant(needs, caller, added, removed);
}

async function switchEveryone(needs: SetupNeeds, caller: Caller): Promise<Answer> {
  const { guildId } = caller;
  const isOn = toCreatorRoleIds(needs.settings.get(guildId).grants).includes(guildId);
  return isOn ? grant(needs, caller, [], [guildId]) : grant(needs, caller, [guildId], []);
}

function grant(needs: SetupNeeds, caller: Caller, added: readonly string[], removed: readonly string[]) {
  const toNames = (roleIds: readonly string[]) => roleIds.map((roleId) => toRoleName(roleId, caller.guildId));
  const sentence = creatorsChanged(toNames(added), toNames(removed));
  return change(needs, caller, { action: 'permission-change', sentence }, (settings) => ({
    ...settings,
    grants: withCreators(settings.grants, added, removed),
  }));
}

function withCreators(before: Grants, added: readonly string[], removed: readonly string[]): Grants {
  let grants = before;
  for (const roleId of removed) grants = withoutCreator(grants, roleId);
  for (const roleId of added) grants = withCreator(grants, roleId);
  if (grants.allow.length + grants.deny.length > MAX_GRANTS)
    throw new UserError('settings-full', tooManyGrants(MAX_GRANTS));
  return grants;
}

/** A channel turns review on there; none turns it off, and the channel is kept for next time. */
async function changeReview(needs: SetupNeeds, caller: Caller, channelId: string | undefined): Promise<Answer> {
  const problem = findAccessProblem(needs.directory, caller.guildId, channelId === undefined ? [] : [channelId]);
  if (problem !== undefined) return show(needs, caller, problem);
  const setReview = ({ review, ...settings }: Settings): Settings =>
    channelId === undefined
      ? { ...settings, review: { ...review, mode: 'off' } }
      : { ...settings, review: { ...review, mode: 'on', channelId } };
  const answer = await change(needs, caller, { sentence: reviewChanged(channelId) }, setReview);
  await needs.reviewPosts.postMissing(caller.guildId);
  return answer;
}

async function changeAlerts(needs: SetupNeeds, caller: Caller, channelId: string | undefined): Promise<Answer> {
  const problem = findAccessProblem(needs.directory, caller.guildId, channelId === undefined ? [] : [channelId]);
  if (problem !== undefined) return show(needs, caller, problem);
  const setAlerts = ({ alertsChannelId: _before, ...settings }: Settings): Settings =>
    channelId === undefined ? settings : { ...settings, alertsChannelId: channelId };
  return change(needs, caller, { sentence: alertsChanged(channelId) }, setAlerts);
}

async function undo(needs: SetupNeeds, caller: Caller, entry: number): Promise<Answer> {
  await needs.settings.undo(caller.guildId, caller.userId, entry);
  await needs.reviewPosts.postMissing(caller.guildId);
  return show(needs, caller, { sentence: SETUP.undone });
}

interface Intention {
  readonly action?: SettingAction;
  /** What was done, for whoever did it. */
  readonly sentence: string;
}

async function change(
  needs: SetupNeeds,
  caller: Caller,
  { action = 'setting-change', sentence }: Intention,
  toNext: (settings: Settings) => Settings,
): Promise<Answer> {
  const { guildId, userId: by } = caller;
  const outcome: ChangeOutcome = await needs.settings.change(guildId, { by, action, what: '/setup' }, toNext);
  if (outcome.outcome === 'unchanged') return show(needs, caller);
  const button = undoSetting.toButton({ entry: outcome.entryNumber }, SETUP.undo);
  return show(needs, caller, { sentence, undo: button });
}
