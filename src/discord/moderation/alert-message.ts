import type { APIButtonComponent } from 'discord.js';
import type { Job } from '../../jobs/job.ts';
import type { Alert } from '../../notifications/alerts.ts';
import { ControlDefinition } from '../core/control.ts';
import { optional } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { toReasonText } from '../ui/job-words.ts';
import { COLORS } from '../ui/notices.ts';
import { toSafeBlock, toSafeLine } from '../ui/outside-text.ts';
import { RESET_LOOK, resetApiChannel } from '../ui/reset-control.ts';
import { openReviewed } from './review-card.ts';

/** Under alerts that a setting can mend. */
export const showSettings = new ControlDefinition({
  name: 'alert-settings',
  args: { deliveryId: optional },
  requires: 'configure',
  acknowledges: 'private',
});

/** What moderators are told; `job` is the one that it is about. */
export function toAlertMessage(alert: Alert, job: Job | undefined, deliveryId: string): OutgoingMessage {
  const open = (ref: string) => openReviewed.toButton({ ref, deliveryId }, 'Open the job');
  const reload = showSettings.toButton({ deliveryId }, 'Show the settings');
  switch (alert.kind) {
    case 'moderated':
      return toMessage(
        [`🚫 Midjourney moderated \`${alert.ref}\`${toWhoText(job)}.`, ...toJobLines(job)],
        open(alert.ref),
      );
    case 'refused':
      return toMessage(toRefusedLines(alert), alert.ref === undefined ? reload : open(alert.ref));
    case 'lost-contact':
      return toMessage(
        [`📡 Nothing has been heard of \`${alert.ref}\` for too long${toWhoText(job)}.`],
        open(alert.ref),
      );
    case 'blocked':
      return toBlockedMessage(alert, deliveryId);
    case 'rule-suspended': {
      const { ruleNumber, channelId, reason } = alert;
      const what = `⛔ Notification rule #${ruleNumber} for <#${channelId}> is suspended: ${toSafeLine(reason, 200)}.`;
      return toMessage([what, 'It resumes by itself once I may post there again.'], reload);
    }
    case 'review-unposted': {
      const where = alert.channelId === undefined ? '' : ` into <#${alert.channelId}>`;
      const what = `🔎 The review of \`${alert.ref}\` could not be posted${where}: ${toSafeLine(alert.reason, 200)}.`;
      const next =
        alert.channelId === undefined
          ? '`/mod review` sets the channel.'
          : 'It comes by itself once I may post there again; `/mod review` sets another channel.';
      return toMessage([what, `${next} Until then reviewers decide in \`/job show\`.`], open(alert.ref));
    }
  }
}

function toMessage(lines: readonly string[], control: APIButtonComponent): OutgoingMessage {
  return { components: [container(COLORS.warn, [text(lines.join('\n')), row(control)])] };
}

function toWhoText(job: Job | undefined): string {
  return job?.requestedBy === undefined ? '' : `, started by <@${job.requestedBy}>`;
}

function toJobLines(job: Job | undefined): string[] {
  if (job === undefined) return [];
  const reason = toReasonText(job);
  return [
    ...(reason === '' ? [] : [`**Reason** ${toSafeBlock(reason, 700)}`]),
    ...(job.prompt === undefined ? [] : [`> ${toSafeLine(job.prompt, 700)}`]),
  ];
}

function toRefusedLines({ by, reason, prompt, ref }: Extract<Alert, { kind: 'refused' }>): string[] {
  const about = ref === undefined ? '' : ` (\`${ref}\`)`;
  return [
    `🚫 Midjourney refused what <@${by}> asked for${about}. Nothing was spent.`,
    `**Reason** ${toSafeBlock(reason, 700)}`,
    ...(prompt === undefined ? [] : [`> ${toSafeLine(prompt, 700)}`]),
  ];
}

function toBlockedMessage(
  { version, apiChannel }: Extract<Alert, { kind: 'blocked' }>,
  deliveryId: string,
): OutgoingMessage {
  const which = apiChannel === undefined ? 'an API channel' : `the API channel \`${toSafeLine(apiChannel, 40)}\``;
  const what = `🧱 ${version}: ${which} takes no jobs (596): its Discord account has an open moderation message or captcha.`;
  if (apiChannel === undefined) {
    const how = 'Its owner clears that in Discord first. `/imagine` with that `api-channel` then offers to reset it.';
    return toMessage([what, how], showSettings.toButton({ deliveryId }, 'Show the settings'));
  }
  const next = 'Its owner clears that in Discord first; **Reset** then lets it take jobs again.';
  return toMessage([what, next], resetApiChannel.toButton({ version, apiChannel, deliveryId }, 'Reset', RESET_LOOK));
}
