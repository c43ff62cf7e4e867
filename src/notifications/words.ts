const QUIET_EXAMPLE = 'Write it like `22-07 Europe/Berlin` or `22:30-07:15 Europe/Berlin`.';

/** Why a post was given up: sentence parts for people, after a colon; pure. */
export const droppedWords = {
  jobForgotten: 'I no longer know anything about the job',
  notFound: (why: string) => `I couldn’t check whether it was posted: ${why}`,
  notPosted: 'Discord didn’t take it',
  notMade: 'I couldn’t write the message',
  left: 'I was removed from this server',
  ruleRemoved: 'its rule was removed',
  ruleMoved: 'its rule now posts to another channel',
};

/** What a job has in the place of what a rule wants. */
export const jobWords = {
  noPrompt: 'no prompt',
  without: (words: readonly string[]) => `without ${words.join(', ')}`,
};

/** What is said where a rule or a live card cannot be as somebody wants it; pure. */
export const notificationProblemWords = {
  unknownRule: (number: number) => `There’s no rule #${number} here. See \`/notify list\`.`,
  tooManyRules: (max: number) =>
    `This server has ${max} rules, the most it can have. Remove one with \`/notify remove\` first.`,
  undoTooOld: 'That change is too old to undo. Use `/notify edit` or `/notify add` instead.',
  changedSince: 'This rule was changed again since. See `/notify list`.',
  tooManyWatches: (channels: number, jobs: number) =>
    `A job can have ${channels} live cards, and a server can follow ${jobs} jobs. End one with \`/watch list\` first.`,
  tooManyBoards: (max: number) =>
    `This server has ${max} live boards, the most it can have. End one with \`/jobs pin:off\` in its channel first.`,
  unknownEvents: (words: readonly string[], events: readonly string[]) =>
    `${words.map((word) => `“${word}”`).join(', ')} ${words.length === 1 ? 'is not an event' : 'are not events'}. Pick from ${events.join(', ')}, with commas between them.`,
  noEvents: (events: readonly string[]) => `Name at least one event: ${events.join(', ')}.`,
  quietEmpty: `Quiet hours need a start and an end that differ. ${QUIET_EXAMPLE}`,
  quietZoneMissing: `The time zone is missing. ${QUIET_EXAMPLE}`,
  quietForm: `I can’t read these quiet hours. ${QUIET_EXAMPLE}`,
  quietTime: (text: string) => `“${text}” is not a time of day. ${QUIET_EXAMPLE}`,
  quietZone: (name: string) =>
    `I don’t know the time zone “${name}”. Use a region and a city, such as \`Europe/Berlin\`, or \`UTC\`.`,
};
