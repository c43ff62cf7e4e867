/** A file as it arrived in a multipart request, without its bytes. */
export interface CheckedFile {
  /** The n of `files[n]`. */
  readonly index: number;
  readonly name: string;
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
}

/** Why a body is refused, as Discord answers it; `status` is 400 where it is left out. */
export interface PayloadProblem {
  readonly status?: number;
  readonly code: number;
  readonly message: string;
  readonly errors?: unknown;
}

/** Judges one request body; `route` is `POST /channels/{channel_id}/messages`, written as in Discord's OpenAPI. */
export type PayloadCheck = (route: string, body: unknown, files: readonly CheckedFile[]) => PayloadProblem | null;

/** Hears every answer, to check the stand-in itself; throws when the answer is not what Discord would send. */
export type ResponseCheck = (route: string, status: number, body: unknown) => void;
