const FOUND_MS = 3_000;
const LINK = /^https:\/\/(?:\w+\.)?discord(?:app)?\.com\/channels\/(?:\d+|@me)\/(\d+)(?:\/(\d+))?\/?$/;

/** Where a link of Discord's leads: a channel, and mostly a message in it. */
export interface MessageLink {
  readonly channelId: string;
  readonly messageId: string | undefined;
}

/** Reads a link to a channel or message; `undefined` for any other address. */
export function readMessageLink(url: string): MessageLink | undefined {
  const [, channelId, messageId] = LINK.exec(url) ?? [];
  return channelId === undefined ? undefined : { channelId, messageId };
}

/** Shows a message of the open channel in the middle and lets it flash. */
export function goToMessage(messageId: string): void {
  const found = document.querySelector(`.message[data-id="${CSS.escape(messageId)}"]`);
  if (found === null) return;
  found.scrollIntoView({ block: 'center' });
  found.classList.add('found');
  setTimeout(() => found.classList.remove('found'), FOUND_MS);
}
