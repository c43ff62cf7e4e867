import { countOf, formatBytes } from '../../shared/text.ts';

/** What a member has used, and the server. */
interface Used {
  readonly used: number;
  readonly limit: number;
}

/** Every sentence of `/imagine`, of buttons that are clicked, and of what becomes of both. */
export const submissionWords = {
  // Quotas and words
  ownUsed: ({ used, limit }: Used) => `${used} of ${limit} today`,
  serverUsed: ({ used, limit }: Used) => `the server ${used} of ${limit} today`,
  exhausted: (whose: 'member' | 'role' | 'server', limit: number, resetsAt: string) => {
    const jobs = countOf(limit, 'job');
    const sentences = {
      member: `You’ve used your ${jobs} for today.`,
      role: `You’ve used the ${jobs} that your role has for today.`,
      server: `This server has used its ${jobs} for today.`,
    };
    return `${sentences[whose]} Resets ${resetsAt}.`;
  },
  listedWord: (word: string) =>
    `This server doesn’t allow “${word}” in prompts. Nothing was spent: change the prompt and try again.`,

  // Buttons
  doneElsewhere: (name: string) =>
    `☑️ ${name} was already done in another server, and works only once. Nothing was spent.`,
  incomplete: (name: string, needs: 'prompt' | 'mask') =>
    `${name} needs a ${needs}, so nothing was spent. Click it on a new card: \`/job show\`.`,
  pressOnceMore: 'Start another',
  tryAgain: 'Try again',
  pressedBefore: (name: string, who: string, child: string, before: string) =>
    `${name} was already clicked ${who}${child}. Start another? It uses one more${before === '' ? '' : ` (${before})`}.`,
  outsideOfBot: 'outside this bot',
  inAnotherServer: 'in another server',
  byMember: (userId: string) => `by <@${userId}>`,
  alreadyPressed: (name: string, who: string, at: string, state: string) =>
    `✋ ${name} was clicked ${who} ${at}, so nothing more was spent. ${state}.`,
  isInLine: 'It’s in line',
  isStarting: 'It’s starting',
  made: (ref: string) => `It made ${ref}`,
  draftGone: 'I keep what you type for an hour only. Nothing was spent: click the button on the card again.',
  noSuchJob: 'There’s no such job here. Open one with `/job show`.',

  // Remix, Custom Zoom, Vary (Region)
  noButtons: (ref: string) => `\`${ref}\` has no button that takes a prompt.`,
  whichButton: (ref: string) =>
    `Which button of \`${ref}\` do you want to click with a new prompt? It counts where Remix mode is on.`,
  pickButton: 'Pick a button…',
  remixTitle: 'Remix',
  prompt: 'Prompt',
  region: 'Region to change',
  regionHint: 'Or leave it and upload your own mask below.',
  regions: {
    left: 'Left half',
    right: 'Right half',
    top: 'Top half',
    bottom: 'Bottom half',
    centre: 'Centre',
    background: 'Background (all but the centre)',
  },
  pickRegion: 'Pick a region…',
  noRegion: 'Pick a region or upload a mask.',
  zoomWrong: 'Custom Zoom needs `--zoom` once in the prompt, with a number from 1 to 2, such as `--zoom 1.8`.',
  mask: 'Your own mask',
  maskHint: 'A PNG in the same shape as the picture: white changes, black stays.',
  hints: {
    nothing: 'Replaces the old prompt where the account’s Remix mode is on.',
    prompt: 'Keep --zoom in it, with a number from 1 to 2.',
    mask: 'What to put there.',
  },
  spendsOne: (hint: string, allowance: string) => `${hint} Uses one: ${allowance}.`,
  promptTooLong: (length: number, max: number) =>
    `Your prompt has ${length} characters; ${max} fit here. Make it shorter.`,
  maskTooLarge: (size: number, max: number) =>
    `Your mask has ${formatBytes(size)}; the limit is ${formatBytes(max)}. Nothing was spent: click the button again.`,
  maskNotTaken: (reason: string) => `I couldn’t get the mask: ${reason}. Upload a black and white PNG.`,
  maskMissing: 'it’s not there',
  nothingSpent: (problem: string) => `${problem} Nothing was spent: click the button again.`,

  // Prompts
  alreadySending: (name: string) => `⏳ ${name} is already starting. Nothing more was spent.`,
  promptCancelled: (name: string) => `⏹️ ${name} was cancelled. Nothing was spent.`,

  // Pictures
  onePicture: 'Give one picture: as a file (`picture`) or as a `link`, not both.',
  somePictures: (min: number, max: number, given: number) =>
    `Give ${min} to ${max} pictures, as files or as links with spaces between them. You gave ${given}.`,
  notPicture: (name: string) => `“${name}” is not a picture that I can use. Give a PNG, JPEG, WebP or GIF.`,
  pictureTooLarge: (name: string, max: number) => `“${name}” is over ${formatBytes(max)}. Give a smaller one.`,
  notLink: (link: string) => `“${link}” is not a link to a picture. Links begin with https://.`,

  // The waiting line
  waiting: (what: string, position: number, left: string) =>
    `⏳ ${what}: you’re **#${position}** in line. It starts by itself when a slot frees up.${left}`,
  givenBack: (allowance: string) => `\n-# ${allowance}; you get it back if you cancel`,
  cancel: 'Cancel',
  cancelTooLate: 'It’s starting right now. If there is no slot for it, it’s cancelled; if there is, cancel the job.',

  // A blocked API channel
  resetApiChannel: 'Reset the API channel',
  whichApiChannel: 'Which API channel takes no jobs? Clear its moderation message or captcha in Discord first.',
  pickApiChannel: 'Reset…',
  noApiChannelKnown: 'I don’t know any API channel yet. Run `/jobs` and try again.',
  apiChannelReset: (apiChannel: string) =>
    `✅ API channel \`${apiChannel}\` was reset. It takes jobs again once Midjourney agrees: try one.`,
};
