import { formatBytes } from '../shared/text.ts';

/** Why one file is not shown: sentence parts for people, after a colon; no address and no status is in them. */
export const mediaWords = {
  /** @param size Bytes. @param limit Bytes the file may have here. */
  tooLarge: (size: number, limit?: number) =>
    `it’s too large (${formatBytes(size)}${limit === undefined ? '' : `; the limit here is ${formatBytes(limit)}`})`,
  tookTooLong: 'it took too long to load',
  gone: 'it’s no longer there',
  linkGone: 'its link has expired, or it’s no longer there',
  accountBlocked: 'the API can’t load it until its account is reset',
  apiTrouble: 'the API couldn’t load it',
  apiUnreachable: 'I can’t reach the API',
  diskTrouble: 'I couldn’t save it on my disk',
  notLoaded: 'I couldn’t load it',
  noRoom: 'I have no room for it right now',
  tooManyFiles: (max: number) => `left out, because a message holds ${max} files`,
  tooManyBytes: (max: number) => `left out, because a message holds ${formatBytes(max)} of files`,
  neither: 'it’s neither a picture nor a video',
  format: (format: string) => `I can’t read pictures of the format ${format}`,
  brokenOff: 'the connection broke while I loaded it',
  notReduced: 'it’s too large, and I couldn’t make it smaller',
  endlessRedirects: 'its server redirects without end',
  badAddress: 'I can’t read its address',
  hostNotAllowed: 'I may not load files from its server',
  redirectNotAllowed: 'its server sends me to one that I may not load files from',
  serverRefused: 'its server refused it',
  serverTrouble: 'its server has trouble right now',
  serverUnreachable: 'I can’t reach its server',
};

/** What is wrong with a mask, and what to do. */
export const maskWords = {
  noPng: 'The mask isn’t a PNG. Export it as a black and white PNG and upload it again.',
  unreadable: 'I can’t read this PNG. Export it once more and upload it again.',
  tooManyBytes: (max: number) =>
    `The mask is over ${formatBytes(max)}. Export it as a black and white PNG and upload it again.`,
  transparent: 'The mask has transparent parts. Fill them (white changes, black stays) and upload it again.',
  notBlackAndWhite:
    'The mask isn’t black and white. Use no greys and no colours (white changes, black stays) and upload it again.',
  allBlack: 'The mask is all black: nothing would change. Paint what should change white and upload it again.',
  allWhite: 'The mask is all white: nothing would stay. Paint what should stay black and upload it again.',
  /** Where the picture's size is unknown, or none. */
  noPicture: 'I don’t know the size of this job’s picture. Refresh the card and try again.',
  /** Sizes as `1024 × 1024`. */
  badSize: (is: string, wanted: string) =>
    `I can’t use a mask of ${is} pixels. Export it with ${wanted} and try again.`,
  otherShape: (is: string, wanted: string) =>
    `The mask has another shape than the picture: ${is} pixels. Export it with ${wanted} and upload it again.`,
};
