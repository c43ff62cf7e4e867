/** Why files did not get to Discord: sentence parts for people, after a colon; pure. */
export const uploadWords = {
  tooLarge: 'it’s too large for Discord',
  limited: 'Discord takes no more uploads right now',
  trouble: 'Discord had trouble with the upload',
  refused: 'Discord refused the upload',
  late: 'the upload to Discord took too long',
  brokenOff: 'the connection to Discord broke during the upload',
  off: 'uploads are off in this server',
  lost: 'the upload didn’t reach Discord',
};

/** What Discord did with a post: sentence parts for people; pure. */
export const postWords = {
  wait: 'Discord asked me to slow down',
  trouble: 'Discord has trouble right now',
  refused: 'Discord refused it',
  noAnswer: 'Discord didn’t answer',
  unclear: 'Discord’s answer was unclear',
  unknownBot: 'Discord no longer knows me',
  notConnected: 'I’m not connected to Discord yet',
  unknownChannel: 'Discord doesn’t say what channel this is',
  unreadableFile: 'I couldn’t read one of its files',
  nothingTaken: 'Discord took nothing of it',
  notFound: (why: string) => `I can’t tell whether it was posted: ${why}`,
  tooMany: {
    messages: 'too many messages came since',
    threads: 'too many posts came since',
    archived: 'too many posts were closed since',
  },
  noHistory: 'I’m missing Read Message History there',
  noTag: 'the forum requires a tag and has none that I may use: add one that everybody may use',
};

/** What is said by what all features use; pure. */
export const coreWords = {
  goneControl: 'This button is from an older version of me. Open the job again with `/job show`.',
  notServed: 'I don’t serve this server. Whoever runs me decides which ones I do.',
  cutShort: 'I’m restarting, and this wasn’t finished in time. Check `/jobs` in a minute before you try again.',
  closed: 'I’m restarting, so nothing was done. Try again in a few seconds.',
  busyServer: (max: number) =>
    `This server has ${max} commands and clicks under way, so nothing was done. Wait a few seconds and try again.`,
  storeLocked: 'Another program holds my store, so I couldn’t save this. Try again in a minute.',
  storeFull: 'My disk is full, so I couldn’t save this. Tell whoever runs me, then try again.',
  broken:
    'Something broke; as far as I know, nothing was changed. Try again; if it happens again, tell whoever runs me when it was.',
  brokenDetails: (code: string) => `The log has it under \`${code}\`.`,
  details: (sentence: string, details: string) => `${sentence}\n-# ${details}`,
  outage:
    'Discord has an outage in this server, so I can’t see its channels. Nothing was saved: try again in a few minutes.',
  unseen: (channelId: string) => `I can’t see <#${channelId}>. Give me **View Channel** there and try again.`,
  wrongKind: 'Pick a text, announcement or forum channel, or a thread.',
  lacks: (channelId: string, missing: readonly string[]) =>
    `I’m missing ${missing.map((name) => `**${name}**`).join(', ')} in <#${channelId}>. Grant that in the channel’s settings and try again.`,
  noMention: (roleId: string, channelId: string) =>
    `I can’t ping <@&${roleId}> in <#${channelId}>. Let everyone mention it, or give me **Mention Everyone** there.`,
  badApiChannel: 'That’s not an API channel. Pick one from the list while you type, or leave `api-channel` out.',
  fileTooLarge: (limit: string) =>
    `The file would be over ${limit}, the most that Discord takes here. \`/mod retention\` makes the log shorter.`,
};
