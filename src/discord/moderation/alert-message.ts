import type { APIButtonComponent } from 'discord.js';
import type { Job } from '../../jobs/job.ts';
import type { Alert } from '../../notifications/alerts.ts';
import { ControlDefinition } from '../core/control.ts';
import { optional } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { toReasonText } from '../ui/job-words.ts';
import { toAccountText } from '../ui/known-accounts.ts';
import { COLORS } from '../ui/notices.ts';
import { toSafeBlock, toSafeLine } from '../ui/outside-text.ts';
import { toRefusalText } from '../ui/refusal-text.ts';
import { chooseReset, RESET_CHOOSE_LABEL, RESET_LOOK, resetApiChannel } from '../ui/reset-control.ts';
import { alertWords } from './alert-words.ts';
import { openReviewed } from './review-card.ts';

/** Under alerts that a setting can mend. */
export const showSettings = new ControlDefinition({
  name: 'alert-settings',
  args: { deliveryId: optional },
  requires: 'audit',
  acknowledges: 'private',
});

/** What is known of what an alert is about. */
export interface AlertFacts {
  readonly job?: Job;
  /** What the server calls the board of a blocked API channel. */
  readonly boardName?: string;
}

/** What moderators are alerted to. */
export function toAlertMessage(alert: Alert, { job, boardName }: AlertFacts, deliveryId: string): OutgoingMessage {
  const open = (ref: string) => openReviewed.toButton({ ref, deliveryId }, alertWords.open());
  const reload = showSettings.toButton({ deliveryId }, alertWords.showSettings());
  switch (alert.kind) {
    case 'moderated':
      return toMessage([alertWords.moderated(alert.ref, toWhoText(job)), ...toJobLines(job)], open(alert.ref));
    case 'refused':
      return toMessage(toRefusedLines(alert), alert.ref === undefined ? reload : open(alert.ref));
    case 'lost-contact':
      return toMessage([alertWords.lostContact(alert.ref, toWhoText(job))], open(alert.ref));
    case 'blocked':
      return alert.isUnresettable
        ? toMessage(toBlockedElsewhere(alert, boardName ?? alert.board), reload)
        : toBlockedMessage(alert, boardName ?? alert.board, deliveryId);
    case 'rule-suspended': {
      const what = alertWords.suspended(alert.ruleNumber, alert.channelId, toRefusalText(alert));
      return toMessage([what, alertWords.suspendedNext()], reload);
    }
    case 'review-unposted': {
      const { ref, channelId, reason } = alert;
      const what = alertWords.unposted(ref, channelId, toSafeLine(reason, 200));
      return toMessage([what, alertWords.unpostedNext(channelId)], open(ref));
    }
  }
}

function toMessage(lines: readonly string[], control: APIButtonComponent): OutgoingMessage {
  return { components: [container(COLORS.warn, [text(lines.join('\n')), row(control)])] };
}

function toWhoText(job: Job | undefined): string {
  const account = job?.accountName === undefined ? '' : alertWords.on(toAccountText(job.accountName));
  return `${account}${job?.requestedBy === undefined ? '' : alertWords.startedBy(job.requestedBy)}`;
}

function toJobLines(job: Job | undefined): string[] {
  if (job === undefined) return [];
  const reason = toReasonText(job);
  return [
    ...(reason === '' ? [] : [alertWords.reason(toSafeBlock(reason, 700))]),
    ...(job.prompt === undefined ? [] : [alertWords.prompt(toSafeLine(job.prompt, 700))]),
  ];
}

function toRefusedLines({ by, reason, prompt, ref }: Extract<Alert, { kind: 'refused' }>): string[] {
  return [
    alertWords.refused(by, ref),
    alertWords.reason(toSafeBlock(reason, 700)),
    ...(prompt === undefined ? [] : [alertWords.prompt(toSafeLine(prompt, 700))]),
  ];
}

function toBlockedElsewhere({ apiChannel }: Extract<Alert, { kind: 'blocked' }>, boardName: string): string[] {
  const what = alertWords.blockedElsewhere(toSafeLine(boardName, 60), apiChannel && toSafeLine(apiChannel, 40));
  return [what, alertWords.blockedElsewhereNext()];
}

function toBlockedMessage(
  { board, apiChannel }: Extract<Alert, { kind: 'blocked' }>,
  boardName: string,
  deliveryId: string,
): OutgoingMessage {
  const what = alertWords.blocked(toSafeLine(boardName, 60), apiChannel && toSafeLine(apiChannel, 40));
  if (apiChannel === undefined) {
    const choose = chooseReset.toButton({ board, deliveryId }, RESET_CHOOSE_LABEL, RESET_LOOK);
    return toMessage([what, alertWords.blockedUnknown()], choose);
  }
  const reset = resetApiChannel.toButton({ board, apiChannel, deliveryId }, alertWords.reset(), RESET_LOOK);
  return toMessage([what, alertWords.blockedNext()], reset);
}
