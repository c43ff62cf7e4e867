/** What is said about live boards. */
export const liveBoardWords = {
  title: 'Running jobs',
  live: '-# 📌 Live board',
  refresh: 'Refresh',
  pinned: (link: string, isKnown: boolean) =>
    isKnown
      ? `📌 This channel has [a live board](${link}) already.`
      : `📌 [The live board](${link}) shows what runs from now on.`,
  later: '📌 Discord is slow: the board comes by itself within a minute or two.',
  unpinned: '📌 The board is no longer updated. Delete its message if you like.',
  none: 'There is no live board in this channel. `/jobs pin:here` posts one.',
  ended: '-# This board is no longer updated. `/jobs` shows what runs now.',
  lacksPin: (channelId: string) =>
    `I’m missing **Pin Messages** in <#${channelId}>. Grant that in the channel’s settings, or use \`pin:here\`.`,
  refused: (why: string) => `I couldn’t post the board here: ${why}. Check my permissions in this channel.`,
} as const;
