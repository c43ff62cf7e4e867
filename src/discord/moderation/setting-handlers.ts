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
import { toNoticeMessage } from '../ui/notices.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import type { ReviewDesk } from './review-posts.ts';
import { toSetAsideWarnings } from './set-aside-words.ts';
import { toChannelWarnings, toReviewWarnings, toUnpostedWarnings } from './setting-warnings.ts';
import { toChangeMessage, toSettingsOverview, toWordsList } from './settings-page.ts';

export interface SettingNeeds {
  readonly settings: Pick<GuildSettings, 'get' | 'change' | 'undo' | 'listSetAside'>;
  readonly reviews: Pick<Reviews, 'listOpen'>;
  readonly reviewDesk: Pick<ReviewDesk, 'postMissing'>;
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
  readonly undo: Run;
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
    undo: (call) => undoChange(needs, call),
  };
}

/** `/mod allow` and `/mod deny`. */
async function changeGrant(needs: SettingNeeds, call: CommandCall, kind: 'allow' | 'deny'): Promise<Answer> {
  const action = Action.parse(call.options.requiredString('action'));
  const roleId = call.options.requiredString('role');
  return change(needs, call, { action: 'permission-change', what: `/mod ${kind}` }, (settings) => {
    const grants = withGrant(settings.grants, kind, { action, roleId });
    if (grants.allow.length + grants.deny.length > MAX_GRANTS) throw tooMany('grants', MAX_GRANTS);
    return { ...settings, grants };
  });
}

/** `/mod quota`. */
async function changeQuota(needs: SettingNeeds, call: CommandCall): Promise<Answer> {
  const target = toQuotaScope(call.options.requiredString('scope'), call.options.string('role'));
  const perDay = call.options.requiredNumber('per-day');
  return change(needs, call, { what: '/mod quota' }, (settings) => {
    const quotas = withQuota(settings.quotas, target, perDay);
    if (quotas.roles.length > MAX_ROLE_QUOTAS) throw tooMany('roles with a quota', MAX_ROLE_QUOTAS);
    return { ...settings, quotas };
  });
}

function toQuotaScope(scope: string, roleId: string | undefined): QuotaScope {
  if (scope === 'role') {
    if (roleId !== undefined) return { scope, roleId };
    throw new UserError('quota-role', 'Name the `role` that the quota is for, or pick another `scope`.');
  }
  if (roleId === undefined) return { scope: scope === 'server' ? 'server' : 'member' };
  throw new UserError('quota-role', 'A `role` goes with `scope: role` alone. Leave it out, or pick that scope.');
}

/** `/mod words add`. */
async function addWord(needs: SettingNeeds, call: CommandCall): Promise<Answer> {
  const word = call.options.requiredString('word').trim();
  const then = call.options.string('then') === 'review' ? 'review' : 'refuse';
  const add = (settings: Settings) => {
    const words = withListedWord(settings.words, { word, then });
    if (words.length > MAX_WORDS) throw tooMany('listed words', MAX_WORDS);
    return { ...settings, words: [...words] };
  };
  return change(needs, call, { what: '/mod words add' }, add, () => toFoldingWarnings(word));
}

/** Says how a word is compared where that is not how it was typed. */
function toFoldingWarnings(word: string): string[] {
  const key = toWordKey(word);
  if (key === word.toLowerCase()) return [];
  const [typed, folded] = [toSafeLine(word, 100), toSafeLine(key, 100)];
  return [`“${typed}” is compared as “${folded}”: prompts are read without accents, signs and look-alike letters.`];
}

/** `/mod words remove`. */
async function removeWord(needs: SettingNeeds, call: CommandCall): Promise<Answer> {
  const word = call.options.requiredString('word').trim();
  return change(needs, call, { what: '/mod words remove' }, (settings) => {
    if (!settings.words.some((listed) => toWordKey(listed.word) === toWordKey(word))) {
      throw new UserError('word-unknown', 'This word is not listed. `/mod words list` shows all that are.');
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
  await needs.reviewDesk.postMissing(caller.guildId);
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
  if (channelId !== undefined && isOff)
    throw new UserError('alerts-both', 'Choose a `channel`, or `mode: off` to turn alerts off, not both.');
  if (channelId !== undefined) requireChannelAccess(needs.directory, caller.guildId, channelId);
  return change(needs, call, { what: '/mod alerts' }, ({ alertsChannelId: _before, ...settings }) =>
    channelId === undefined ? settings : { ...settings, alertsChannelId: channelId },
  );
}

function showAlerts({ settings, directory }: SettingNeeds, { caller: { guildId } }: CommandCall): Answer {
  const { alertsChannelId } = settings.get(guildId);
  if (alertsChannelId === undefined)
    return { message: toNoticeMessage('🔕 Alerts are **off**. `/mod alerts channel:…` turns them on.') };
  const warnings = toChannelWarnings(guildId, 'The alerts channel', alertsChannelId, directory);
  const lines = [`🔔 Alerts go to <#${alertsChannelId}>. \`/mod alerts mode:off\` turns them off.`, ...warnings];
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
    () => (days === 0 ? [] : ['What is older is forgotten within the hour, and no undo brings it back after that.']),
  );
}

/** `/mod undo`. */
async function undoChange(needs: SettingNeeds, { caller, options }: CommandCall): Promise<Answer> {
  const { guildId, userId } = caller;
  const outcome = await needs.settings.undo(guildId, userId, options.requiredNumber('entry'));
  await needs.reviewDesk.postMissing(guildId);
  return { message: toChangeMessage(guildId, outcome, toReviewWarnings(guildId, outcome.settings, needs.directory)) };
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
    ...toChannelWarnings(guildId, 'The alerts channel', settings.alertsChannelId, directory),
  ];
  return { message: toSettingsOverview({ guildId, settings, openReviewCount: open.length, warnings }) };
}

interface Intention {
  readonly action?: SettingAction;
  readonly what: string;
}

async function change(
  { settings }: SettingNeeds,
  { caller: { guildId, userId } }: CommandCall,
  { action = 'setting-change', what }: Intention,
  act: (settings: Settings) => Settings,
  toWarnings: (settings: Settings) => readonly string[] = () => [],
): Promise<Answer> {
  const outcome: ChangeOutcome = await settings.change(guildId, { by: userId, action, what }, act);
  return { message: toChangeMessage(guildId, outcome, toWarnings(outcome.settings)) };
}

function tooMany(what: string, max: number): UserError {
  return new UserError('settings-full', `A server has at most ${max} ${what}. Remove some first.`);
}
