import type { ChangeOutcome, GuildSettings, SettingAction } from '../../moderation/guild-settings.ts';
import { Action, withGrant } from '../../moderation/policy.ts';
import type { Reviews } from '../../moderation/reviews/reviews.ts';
import { type QuotaScope, type ReviewSettings, type Settings, withQuota } from '../../moderation/settings.ts';
import { toWordKey, withListedWord, withoutListedWord } from '../../moderation/word-list.ts';
import { UserError } from '../../shared/errors.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { requireChannelAccess } from '../core/channel-checks.ts';
import type { ChannelDirectory } from '../core/guild-directory.ts';
import type { CommandCall } from '../core/handlers.ts';
import { EXPLAIN_COMMAND } from '../core/message-command.ts';
import { toNoticeMessage } from '../ui/notices.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import type { ReviewPosts } from './review-posts.ts';
import { toSetAsideWarnings } from './set-aside-warnings.ts';
import { toChannelWarnings, toReviewWarnings, toStaleWarnings, toUnpostedWarnings } from './setting-warnings.ts';
import { toChangeMessage, toSettingsOverview, toWordsList } from './settings-page.ts';
import { settingWords, warningWords } from './words.ts';

export interface SettingNeeds {
  readonly settings: Pick<GuildSettings, 'get' | 'change' | 'undo' | 'listSetAside'>;
  readonly reviews: Pick<Reviews, 'listOpen'>;
  readonly reviewPosts: Pick<ReviewPosts, 'postMissing' | 'listStale'>;
  readonly directory: ChannelDirectory;
}

type Run = (call: CommandCall) => Promise<Answer>;

/** What `/mod` sets, and shows of what is set. */
export interface SettingHandlers {
  readonly show: (call: Pick<CommandCall, 'caller'>) => Promise<Answer>;
  readonly allow: Run;
  readonly deny: Run;
  readonly quota: Run;
  readonly addWord: Run;
  readonly removeWord: Run;
  /** A page of the listed words, from 0. */
  readonly listWords: (caller: Caller, page: number) => Promise<Answer>;
  readonly review: Run;
  readonly alerts: Run;
  readonly retention: Run;
  /** Sets what an entry of the log changed back. */
  readonly undo: (caller: Caller, entry: number) => Promise<Answer>;
}

const MAX_WORDS = 500;
/** Grants that a server can have, so that its settings stay one readable document. */
const MAX_GRANTS = 200;
const MAX_ROLE_QUOTAS = 50;

export function settingHandlers(needs: SettingNeeds): SettingHandlers {
  return {
    show: (call) => showSettings(needs, call),
    allow: (call) => changeGrant(needs, call, 'allow'),
    deny: (call) => changeGrant(needs, call, 'deny'),
    quota: (call) => changeQuota(needs, call),
    addWord: (call) => addWord(needs, call),
    removeWord: (call) => removeWord(needs, call),
    listWords: async ({ guildId }, page) => ({ message: toWordsList(needs.settings.get(guildId).words, page) }),
    review: (call) => changeReview(needs, call),
    alerts: (call) => changeAlerts(needs, call),
    retention: (call) => changeRetention(needs, call),
    undo: (caller, entry) => undoChange(needs, caller, entry),
  };
}

/** `/mod allow` and `/mod deny`. */
async function changeGrant(needs: SettingNeeds, call: CommandCall, kind: 'allow' | 'deny'): Promise<Answer> {
  const action = Action.parse(call.options.requiredString('action'));
  const roleId = call.options.requiredString('role');
  const hidden = kind === 'allow' ? (HIDDEN_COMMANDS[action] ?? []) : [];
  const hints = hidden.length > 0 ? [settingWords.hiddenCommands(hidden)] : [];
  return change(needs, call, { action: 'permission-change', what: `/mod ${kind}`, hints }, (settings) => {
    const grants = withGrant(settings.grants, kind, { action, roleId });
    if (grants.allow.length + grants.deny.length > MAX_GRANTS) throw tooMany('grants', MAX_GRANTS);
    return { ...settings, grants };
  });
}

/** Commands that Discord offers by default only to those with Manage Server, by the action that they are for. */
const HIDDEN_COMMANDS: Readonly<Partial<Record<Action, readonly string[]>>> = {
  rules: ['/notify', EXPLAIN_COMMAND],
  audit: ['/mod', '/notify', '/doctor'],
  configure: ['/mod', '/setup'],
};

/** `/mod quota`. */
async function changeQuota(needs: SettingNeeds, call: CommandCall): Promise<Answer> {
  const target = toQuotaScope(call.options.requiredString('scope'), call.options.string('role'));
  const perDay = call.options.requiredNumber('per-day');
  return change(needs, call, { what: '/mod quota' }, (settings) => {
    const quotas = withQuota(settings.quotas, target, perDay);
    if (quotas.roles.length > MAX_ROLE_QUOTAS) throw tooMany('roles', MAX_ROLE_QUOTAS);
    return { ...settings, quotas };
  });
}

function toQuotaScope(scope: string, roleId: string | undefined): QuotaScope {
  if (scope === 'role') {
    if (roleId !== undefined) return { scope, roleId };
    throw new UserError('quota-role', settingWords.quotaNeedsRole());
  }
  if (roleId === undefined) return { scope: scope === 'server' ? 'server' : 'member' };
  throw new UserError('quota-role', settingWords.quotaTakesNoRole());
}

/** `/mod words add`. */
async function addWord(needs: SettingNeeds, call: CommandCall): Promise<Answer> {
  const word = call.options.requiredString('word').trim();
  const then = call.options.string('then') === 'review' ? 'review' : 'refuse';
  const add = (settings: Settings) => {
    const words = withListedWord(settings.words, { word, then });
    if (words.length > MAX_WORDS) throw tooMany('words', MAX_WORDS);
    return { ...settings, words: [...words] };
  };
  return change(needs, call, { what: '/mod words add' }, add, () => toFoldingWarnings(word));
}

/** Says how a word is compared where that is not how it was typed. */
function toFoldingWarnings(word: string): string[] {
  const key = toWordKey(word);
  if (key === word.toLowerCase()) return [];
  return [settingWords.folding(toSafeLine(word, 100), toSafeLine(key, 100))];
}

/** `/mod words remove`. */
async function removeWord(needs: SettingNeeds, call: CommandCall): Promise<Answer> {
  const word = call.options.requiredString('word').trim();
  return change(needs, call, { what: '/mod words remove' }, (settings) => {
    if (!settings.words.some((listed) => toWordKey(listed.word) === toWordKey(word))) {
      throw new UserError('word-unknown', settingWords.wordUnknown());
    }
    return { ...settings, words: [...withoutListedWord(settings.words, word)] };
  });
}

/** `/mod review`: what is left out stays as it is. */
async function changeReview(needs: SettingNeeds, call: CommandCall): Promise<Answer> {
  const { caller, options } = call;
  const channelId = options.string('channel');
  if (channelId !== undefined) requireChannelAccess(needs.directory, caller.guildId, channelId);
  const answer = await change(
    needs,
    call,
    { what: '/mod review' },
    (settings) => ({ ...settings, review: toReviewSettings(settings.review, options) }),
    (settings) => toReviewWarnings(caller.guildId, settings, needs.directory),
  );
  await needs.reviewPosts.postMissing(caller.guildId);
  return answer;
}

function toReviewSettings(
  { timeoutHours: known, ...before }: ReviewSettings,
  options: CommandCall['options'],
): ReviewSettings {
  const channelId = options.string('channel');
  const onTimeout = options.string('on-timeout');
  const timeoutHours = options.number('timeout-hours') ?? known ?? 0;
  return {
    ...before,
    mode: options.requiredString('mode') === 'on' ? 'on' : 'off',
    quorum: options.number('quorum') ?? before.quorum,
    ...(timeoutHours > 0 && { timeoutHours }),
    ...(channelId !== undefined && { channelId }),
    ...((onTimeout === 'publish' || onTimeout === 'drop' || onTimeout === 'remind') && { onTimeout }),
  };
}

/** `/mod alerts`: shows where they go; a channel or `mode: off` changes it. */
async function changeAlerts(needs: SettingNeeds, call: CommandCall): Promise<Answer> {
  const { caller, options } = call;
  const channelId = options.string('channel');
  const isOff = options.string('mode') === 'off';
  if (channelId === undefined && !isOff) return showAlerts(needs, call);
  if (channelId !== undefined && isOff) throw new UserError('alerts-both', settingWords.alertsBoth());
  if (channelId !== undefined) requireChannelAccess(needs.directory, caller.guildId, channelId);
  return change(needs, call, { what: '/mod alerts' }, ({ alertsChannelId: _before, ...settings }) =>
    channelId === undefined ? settings : { ...settings, alertsChannelId: channelId },
  );
}

function showAlerts({ settings, directory }: SettingNeeds, { caller: { guildId } }: CommandCall): Answer {
  const { alertsChannelId } = settings.get(guildId);
  if (alertsChannelId === undefined) return { message: toNoticeMessage(settingWords.alertsAreOff()) };
  const warnings = toChannelWarnings(guildId, warningWords.alertsChannel(), alertsChannelId, directory);
  const lines = [settingWords.alertsGoTo(alertsChannelId), ...warnings];
  return { message: toNoticeMessage(lines.join('\n')) };
}

/** `/mod retention`; older entries are dropped within the hour, not at once. */
async function changeRetention(needs: SettingNeeds, call: CommandCall): Promise<Answer> {
  const days = call.options.requiredNumber('days');
  return change(
    needs,
    call,
    { what: '/mod retention' },
    ({ logRetentionDays: _before, ...settings }) => (days === 0 ? settings : { ...settings, logRetentionDays: days }),
    () => (days === 0 ? [] : [settingWords.retentionLoses()]),
  );
}

/** `/mod undo`, and Undo under a change. */
async function undoChange(needs: SettingNeeds, { guildId, userId }: Caller, entry: number): Promise<Answer> {
  const outcome = await needs.settings.undo(guildId, userId, entry);
  await needs.reviewPosts.postMissing(guildId);
  const warnings = toReviewWarnings(guildId, outcome.settings, needs.directory);
  return { message: toChangeMessage(guildId, outcome, { warnings, isUndo: true }) };
}

/** `/mod settings`. */
async function showSettings(
  needs: SettingNeeds,
  { caller: { guildId } }: Pick<CommandCall, 'caller'>,
): Promise<Answer> {
  const { reviews, directory } = needs;
  const settings = needs.settings.get(guildId);
  const open = reviews.listOpen(guildId);
  const unpostedCount = open.filter(({ card }) => card === undefined).length;
  const warnings = [
    ...toSetAsideWarnings(await needs.settings.listSetAside(guildId)),
    ...toReviewWarnings(guildId, settings, directory),
    ...toUnpostedWarnings(settings, unpostedCount),
    ...toStaleWarnings(needs.reviewPosts.listStale(guildId)),
    ...toChannelWarnings(guildId, warningWords.alertsChannel(), settings.alertsChannelId, directory),
  ];
  return { message: toSettingsOverview({ guildId, settings, openReviewCount: open.length, warnings }) };
}

interface Intention {
  readonly action?: SettingAction;
  readonly what: string;
  /** What is good to know besides. */
  readonly hints?: readonly string[];
}

async function change(
  { settings }: SettingNeeds,
  { caller: { guildId, userId } }: CommandCall,
  { action = 'setting-change', what, hints = [] }: Intention,
  submission: (settings: Settings) => Settings,
  toWarnings: (settings: Settings) => readonly string[] = () => [],
): Promise<Answer> {
  const outcome: ChangeOutcome = await settings.change(guildId, { by: userId, action, what }, submission);
  return { message: toChangeMessage(guildId, outcome, { warnings: toWarnings(outcome.settings), hints }) };
}

function tooMany(what: 'grants' | 'roles' | 'words', max: number): UserError {
  return new UserError('settings-full', settingWords.tooMany(what, max));
}
