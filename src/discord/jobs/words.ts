import { countOf } from '../../shared/text.ts';

/** Every sentence about one job and its family. The list of running jobs has its own. */
export const jobWords = {
  // Cancelling
  confirmCancel: 'Yes, cancel it',
  cancelQuestion: (ref: string) => `Cancel \`${ref}\`? What it has made so far is lost.`,
  cancelled: (ref: string) => `⏹️ \`${ref}\` is cancelled.`,
  cancelAsked: (ref: string) =>
    `⏳ I asked to cancel \`${ref}\`, and it is still running. Refresh its card in a moment.`,
  alreadyOver: (ref: string, state: string) => `\`${ref}\` had already ended: ${state}. Nothing was cancelled.`,

  // Sharing
  shared: (ref: string, link: string) => `📣 Shared: [the card of ${ref}](${link})`,

  // The family
  openJob: 'Open a job…',
  familyHeading: (count: number, ref: string) => `### 🌳 ${countOf(count, 'job')} in the family of \`${ref}\``,
  familyCut: '-# Some are left out: there are too many.',
  familyUnread: '-# Some couldn’t be read in time. Try again.',
  compareSiblings: 'Compare with its siblings',
  compareChildren: 'Compare what was made from it',
  picture: (number: number) => ` 🖼️ ${number}`,
  by: (userId: string) => ` by <@${userId}>`,
  notRead: 'not read',

  // Comparison
  nothingToCompare: (hidden: string) => `There is nothing to compare.${hidden}`,
  siblings: (count: number) => countOf(count, 'sibling'),
  children: (count: number) => `${countOf(count, 'job')} made from it`,
  noPicture: 'no picture',
  hidden: (count: number, why: 'running' | 'awaiting' | 'refused') => {
    const words = {
      running: 'shown once reviewed',
      awaiting: 'awaiting review',
      refused: 'not approved by the review',
    };
    return `\n-# ${countOf(count, 'other job')} of the family ${words[why]}`;
  },
};
