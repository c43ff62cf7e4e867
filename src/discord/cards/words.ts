import type { Concealment } from '../../jobs/concealed-job.ts';
import { countOf } from '../../shared/text.ts';

/** Every sentence of cards, and of what is done with them. */
export const cardWords = {
  // The card
  concealed: (why: Concealment) =>
    ({
      running: '🔒 The result is shown once it has been reviewed',
      awaiting: '🔒 This result is awaiting review',
      refused: '🔒 This result was not approved',
      ended: '🔒 Not shown, as it ended before it could be reviewed',
    })[why],
  reason: (reason: string) => `**Reason** ${reason}`,
  lostContact: (since: string) => `no news since ${since}`,
  madeFrom: (parent: string) => `from ${parent}`,
  madeFromIt: (count: number) => `${count} made from it`,
  buttonWaiting: (label: string, userId: string) => `⏳ ${label} is in line · <@${userId}>`,
  buttonStarting: (label: string, userId: string) => `▶️ ${label} is starting · <@${userId}>`,
  buttonMade: (label: string, child: string, userId: string) => `${label} → ${child} by <@${userId}>`,
  fetching: '-# ⏳ Getting the pictures…',
  shownSmaller: (labels: string) => `-# Shown smaller than the original: ${labels}`,
  notShown: (label: string, reason: string) => `-# ${label}: ${reason}`,

  // Its buttons
  moreButtons: (first: number, last: number) => `More buttons (${first}–${last})`,
  leftOutButtons: (count: number) => `-# ${countOf(count, 'more button')} didn’t fit.`,
  mayNotPress: '-# You can look, but you can’t start jobs from its buttons here. A moderator can give you **press**.',
  refresh: 'Refresh',
  check: 'Check',
  remix: 'Remix…',
  details: 'Details',
  family: 'Family',
  share: 'Share',
  cancelJob: 'Cancel job',
  notifyMe: '🔔 Tell me when it’s done',

  // Who shares, who waits
  sharedBy: (userId: string) => `-# Shared by <@${userId}>`,
  willNotify: (channelId: string) => `🔔 I’ll ping you in <#${channelId}> when it’s done.`,
  alreadyDone: (ref: string) => `\`${ref}\` is already done. Click **Refresh** on its card.`,
  notLive: 'That card isn’t live any more. Click **Refresh** on it.',

  // Details
  detailsHeading: (ref: string) => `### Details of \`${ref}\``,
  detailNames: {
    status: 'Status',
    kind: 'Kind',
    account: 'Account',
    version: 'API version',
    apiChannel: 'API channel',
    slots: 'Slots of its channel',
    created: 'Created',
    updated: 'Updated',
    ended: 'Ended',
    size: 'Size',
    blend: 'Blended as',
    seed: 'Seed',
    replyRef: 'Reply ref',
    code: 'Code',
    requestedBy: 'Started by',
    jobid: 'Job ID',
    prompt: 'Prompt',
    content: 'Midjourney’s message',
  },

  // Where cards are
  cardPlace: (channelId: string) => `I’ll ping you in <#${channelId}> when it’s done.`,
  noChannel: 'I can’t post in this channel, so its card is only here: click **Show the job**.',
  shareInDoubt:
    'Discord didn’t answer, so I can’t tell whether the card was posted. Look in this channel before you share it again.',
  shareRefused: (reason: string) => `Discord refused the card: ${reason}. Check my permissions here and try again.`,
  heldPress: 'You can click its buttons',
  heldShare: 'You can share it',
  awaitsReview: (ref: string, later: string) => `\`${ref}\` is waiting for review. ${later} once it’s approved.`,
  notApproved: (ref: string) =>
    `\`${ref}\` wasn’t approved, so it stays hidden. Start another one with \`/imagine\` and a changed prompt.`,

  // Suggestions
  choiceStates: { running: 'running', awaiting: 'awaiting review', refused: 'not approved' },
};
