import type sharp from 'sharp';

let loaded: Promise<typeof sharp> | undefined;

/**
 * Loads the library when a picture is first changed: many lives of the bot never do. Pictures are changed one after the
 * other, and libvips keeps nothing, so that memory stays small.
 */
export function loadSharp(): Promise<typeof sharp> {
  loaded ??= import('sharp').then(({ default: library }) => {
    library.concurrency(1);
    library.cache(false);
    return library;
  });
  return loaded;
}
