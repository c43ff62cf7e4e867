/**
 * Where a file is: `direct` on an allowed host, `proxy` behind the backend on whose board the job is.
 */
export interface MediaPlace {
  readonly via: 'direct' | 'proxy';
  readonly url: string;
}

/** Where a file of a job comes from. */
export interface MediaSource extends MediaPlace {
  /** Other places of the same file, tried in this order where it cannot be had. */
  readonly fallbacks?: readonly MediaPlace[];
  /** Of the job; its backend may open files that are not `proxy` too. */
  readonly board?: string;
  /** What the file is, for its name and alt text: `grid`, `image-1`, `video-2`, `seed-1`. */
  readonly label: string;
}

/** A fetched file on disk, ready to be uploaded as our own. */
export interface MediaFile {
  readonly kind: 'file';
  readonly label: string;
  /** `[A-Za-z0-9_.-]` only; the extension follows the bytes. */
  readonly name: string;
  readonly path: string;
  /** From the bytes, never from a header. */
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
  /** Whether this is a smaller rendition of the original. */
  readonly isReduced: boolean;
}

/** A file that could not be had; `reason` is a sentence part for people, without any address. */
export interface MediaMissing {
  readonly kind: 'missing';
  readonly label: string;
  readonly reason: string;
}

export type MediaResult = MediaFile | MediaMissing;

export interface MediaRequest {
  /** Names the files: the job's ref. */
  readonly ref: string;
  /** The server that they are for, which waits for its turn; undefined: no server. */
  readonly guildId: string | undefined;
  readonly sources: readonly MediaSource[];
  /** Bytes one file may have: the upload limit here and now. */
  readonly maxFileBytes: number;
  /** Files a message may carry; the rest is named as missing. */
  readonly maxFiles: number;
  /** Bytes all files of a message may have together. */
  readonly maxTotalBytes: number;
  readonly signal?: AbortSignal;
}

/** What the files of one card are, for as long as they are needed; `release` lets the folder drop them. */
export interface MediaLease {
  readonly results: readonly MediaResult[];
  release(): void;
}
