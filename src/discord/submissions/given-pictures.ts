import type { SubmitPictures } from '../../jobs/submissions/submission.ts';
import { UserError } from '../../shared/errors.ts';
import { cutText } from '../../shared/text.ts';
import type { CommandOptions, GivenFile } from '../core/command-options.ts';
import { toPlainLine } from '../ui/outside-text.ts';
import { submissionWords } from './words.ts';

/** Pictures, and what a submit of them is called. */
export interface GivenPictures {
  readonly pictures: SubmitPictures;
  readonly name: string;
}

/** Pictures that a blend takes. */
export const BLEND_PICTURES = { min: 2, max: 5 } as const;
export const SHAPES = ['Portrait', 'Square', 'Landscape'] as const;

const MAX_FILE_BYTES = 10_000_000;
const MAX_LINK_LENGTH = 2_000;
const TYPES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif']);

interface Picture {
  readonly url: string;
  readonly name: string;
}

/** `/describe`: one picture. @throws UserError */
export function toDescribed(options: CommandOptions): GivenPictures {
  const [first, ...others] = [...toFiles(options, ['picture']), ...toLinks(options.string('link'))];
  if (first === undefined || others.length > 0) throw new UserError('pictures-count', submissionWords.onePicture);
  return { pictures: { verb: 'describe', url: first.url }, name: `/describe ${first.name}` };
}

/** `/blend`: two to five pictures, files first. @throws UserError */
export function toBlended(options: CommandOptions): GivenPictures {
  const names = Array.from({ length: BLEND_PICTURES.max }, (_, at) => `picture-${at + 1}`);
  const given = [...toFiles(options, names), ...toLinks(options.string('links'))];
  if (given.length < BLEND_PICTURES.min || given.length > BLEND_PICTURES.max)
    throw new UserError(
      'pictures-count',
      submissionWords.somePictures(BLEND_PICTURES.min, BLEND_PICTURES.max, given.length),
    );
  const shape = SHAPES.find((known) => known === options.string('shape'));
  const urls = given.map(({ url }) => url);
  const name = cutText(`/blend ${given.map((picture) => picture.name).join(' + ')}`, 300);
  return { pictures: { verb: 'blend', urls, ...(shape !== undefined && { shape }) }, name };
}

function toFiles(options: CommandOptions, names: readonly string[]): Picture[] {
  return names.flatMap((name) => options.file(name) ?? []).map(toPicture);
}

function toPicture({ name, url, size, contentType }: GivenFile): Picture {
  const shown = toPlainLine(cutText(name, 60));
  if (contentType !== undefined && !TYPES.has(contentType.split(';')[0] ?? ''))
    throw new UserError('picture-kind', submissionWords.notPicture(shown));
  if (size > MAX_FILE_BYTES)
    throw new UserError('picture-size', submissionWords.pictureTooLarge(shown, MAX_FILE_BYTES));
  return { url, name: shown };
}

function toLinks(text: string | undefined): Picture[] {
  const links = (text ?? '').split(/[\s,]+/u).filter((link) => link !== '');
  return links.map((link) => {
    const url = URL.parse(link);
    if (url === null || !/^https?:$/.test(url.protocol) || link.length > MAX_LINK_LENGTH || url.username !== '') {
      const shown = toPlainLine(cutText(link, 60));
      throw new UserError('picture-link', submissionWords.notLink(shown));
    }
    return { url: url.href, name: url.hostname };
  });
}
