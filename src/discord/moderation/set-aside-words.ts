import { countOf } from '../../shared/text.ts';

/** A document of the store that could not be read; its collection, and when it was set aside in epoch milliseconds. */
export interface SetAsideNote {
  readonly collection: string;
  readonly at: number;
}

const NEXT = 'Whoever runs me finds it in the store; nothing was deleted.';
const CLOSED =
  'Until you set them again, only the owner and administrators may use me here, and every result waits for review.';
/** What is to be done, by collection. */
const LINES: Readonly<Record<string, (when: string) => string>> = {
  'guild-settings': (when) => `The settings of this server could not be read ${when}. ${CLOSED} ${NEXT}`,
  rules: (when) =>
    `Notification rules could not be read ${when}. Look at \`/notify list\` for what is missing. ${NEXT}`,
  reviews: (when) => `A review could not be read ${when}. It was opened again, without its votes. ${NEXT}`,
  log: (when) => `Entries of the log could not be read ${when}, and are missing in \`/mod log\`. ${NEXT}`,
  'quota-days': (when) => `What was spent on a day could not be read ${when}, and counts as less. ${NEXT}`,
};

/** One line for each kind of thing that could not be read, the newest of each. */
export function toSetAsideWarnings(notes: readonly SetAsideNote[]): string[] {
  const newest = new Map(notes.map(({ collection, at }) => [LINES[collection] === undefined ? '' : collection, at]));
  return [...newest].map(([collection, at]) => {
    const when = `<t:${Math.floor(at / 1000)}:R>`;
    const count = notes.filter((note) => LINES[note.collection] === undefined).length;
    const others = `${countOf(count, 'note')} about posts and cards could not be read, last ${when}. ${NEXT}`;
    return LINES[collection]?.(when) ?? others;
  });
}
