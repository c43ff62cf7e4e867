import type { Permissions } from '../../moderation/permissions.ts';
import type { Privacy } from '../../moderation/privacy.ts';
import type { Quotas } from '../../moderation/quotas.ts';
import type { Clock } from '../../shared/clock.ts';
import { UserError } from '../../shared/errors.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import type { CommandCall } from '../core/handlers.ts';
import { writeLines } from '../core/text-file.ts';
import { COLORS, toNoticeMessage } from '../ui/notices.ts';
import { toFileMessage } from './log-page.ts';
import { toPermissionsTable, toPersonText, toPrivacyQuestion, toUsageTable } from './member-pages.ts';
import { memberWords } from './words.ts';

export interface MemberNeeds {
  readonly permissions: Pick<Permissions, 'explain'>;
  readonly quotas: Pick<Quotas, 'usage'>;
  readonly privacy: Pick<Privacy, 'export' | 'delete'>;
  readonly clock: Clock;
}

/** What `/mod` says and deletes of members. */
export interface MemberHandlers {
  readonly permissions: (call: CommandCall) => Promise<Answer>;
  readonly usage: (call: CommandCall) => Promise<Answer>;
  readonly privacy: (call: CommandCall) => Promise<Answer>;
  /** After the confirmation: the member's name is gone for good. */
  readonly deleteName: (caller: Caller, memberId: string) => Promise<Answer>;
}

export function memberHandlers(needs: MemberNeeds): MemberHandlers {
  return {
    permissions: async (call) => showPermissions(needs, call),
    usage: (call) => showUsage(needs, call),
    privacy: (call) => handlePrivacy(needs, call),
    deleteName: (caller, memberId) => deleteName(needs, caller, memberId),
  };
}

/** `/mod permissions`: as the handlers would decide in this channel. */
function showPermissions({ permissions }: MemberNeeds, { caller, options }: CommandCall): Answer {
  const member = options.member('member');
  if (member === undefined) {
    throw new UserError('member-unknown', memberWords.unknown(options.requiredString('member')));
  }
  const { guildId, channelId } = caller;
  const table = permissions.explain({ ...member, guildId });
  const where = member.isServerWide ? {} : { channelId };
  return { message: toPermissionsTable({ guildId, userId: member.userId, ...where }, table) };
}

/** `/mod usage`, of this month unless another one is named. */
async function showUsage({ quotas, clock }: MemberNeeds, { caller, options }: CommandCall): Promise<Answer> {
  const month = options.string('month')?.trim() ?? new Date(clock.now()).toISOString().slice(0, 7);
  return { message: toUsageTable(month, await quotas.usage(caller.guildId, month)) };
}

/** `/mod privacy`: a file, or a question before anything is deleted. */
async function handlePrivacy({ privacy }: MemberNeeds, { caller, options }: CommandCall): Promise<Answer> {
  const memberId = options.requiredString('member');
  if (options.requiredString('what') === 'delete') return { message: toPrivacyQuestion(memberId) };
  const { guildId } = caller;
  const limits = { name: `member-${memberId}.jsonl`, maxBytes: caller.maxFileBytes };
  const { file, bytes, release } = await writeLines(() => privacy.export(guildId, memberId), limits);
  if (bytes === 0) return { message: toNoticeMessage(memberWords.nothingKept(memberId), COLORS.quiet), release };
  return { message: toFileMessage(memberWords.allKept(memberId), file), release };
}

async function deleteName({ privacy }: MemberNeeds, caller: Caller, memberId: string): Promise<Answer> {
  if (!/^\d{1,20}$/.test(memberId)) throw new UserError('member-unknown', memberWords.noMember());
  const pseudonym = await privacy.delete(caller.guildId, memberId, caller.userId);
  const sentence = `${memberWords.nameDeleted(toPersonText(pseudonym))}\n-# ${memberWords.nameStays()}`;
  return { message: toNoticeMessage(sentence, COLORS.good) };
}
