/** What the card of `/doctor` says around its checks. */
export const cardWords = {
  heading: '### Is everything in order?',
  refresh: '🔄 Refresh',
  section: (title: string, lines: readonly string[]) => `**${title}**\n${lines.join('\n')}`,
  more: (count: number) => `-# and ${count} more`,
};
