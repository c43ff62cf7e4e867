/** What is said where Discord lets an answer through in part, or not at all; pure. */
export const replyWords = {
  wait: '⏳ One moment…',
  leftOut: (cause: string, next: string) => `🛡️ Words are left out here: ${cause}. ${next}`,
  notShown: (cause: string, next: string) =>
    `🛡️ I can’t show this answer: ${cause}. It may still be done: check \`/jobs\` before you try again.\n${next}`,
  autoMod: 'this server’s AutoMod blocks a word in it',
  link: 'Discord blocks a link in it',
  refused: 'Discord refused it',
  exempt: 'A moderator can let me pass: Server Settings → AutoMod → the rule → exempt roles.',
  report: 'If it happens again, tell whoever runs me when it was.',
  code: (code: number) => `-# Discord’s code is ${code}.`,
};
