/** Bytes of one file in a message where no interaction names another limit. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;
export const MAX_FILES = 10;
/** Bytes of all files of a message: a request may have 25 MiB, and some of it is not files. */
export const MAX_TOTAL_BYTES = 24 * 1024 * 1024;
/** Files that are fetched at the same time. */
export const TRANSFERS = 12;
/** Files that are fetched for one server at the same time: others find some turns free. */
export const TRANSFERS_PER_GUILD = 8;
/** Bytes of an uploaded mask. */
export const MAX_MASK_BYTES = 10 * 1024 * 1024;
