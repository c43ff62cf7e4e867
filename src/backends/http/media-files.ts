import { InvalidRequestError, JobNotFoundError } from '../backend-errors.ts';
import type { OpenedFile } from '../contract.ts';
import { type AnswerContext, type RawAnswer, toFacts, toStatusError } from './answers.ts';
import { type ApiRequest, type CallControl, Transport, type TransportOptions } from './transport.ts';

export interface MediaFilesOptions extends Omit<TransportOptions, 'secretHeaders' | 'toStatusError' | 'baseUrl'> {
  /** Sent along with each fetch; default: nothing. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether files may be fetched from an address; asked before each fetch. */
  readonly isAllowed: (url: URL) => boolean;
}

const ENDPOINT = 'GET {media}';

/** Opens files where they lie, on the hosts that are allowed; no secret is sent along. */
export class MediaFiles {
  readonly #options: MediaFilesOptions;
  readonly #byOrigin = new Map<string, Transport>();

  constructor(options: MediaFilesOptions) {
    this.#options = options;
  }

  /** @throws InvalidRequestError where the host is not allowed, JobNotFoundError where the file is gone */
  async open(url: string, control: CallControl): Promise<OpenedFile> {
    const parsed = URL.parse(url);
    if (parsed === null || !this.#options.isAllowed(parsed)) throw hostNotAllowed();
    const request: ApiRequest = {
      method: 'GET',
      path: parsed.pathname + parsed.search,
      endpoint: ENDPOINT,
      isWrite: false,
      isMedia: true,
    };
    return this.#transportTo(parsed.origin).openStream(request, control);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byOrigin.values()].map((transport) => transport.close()));
  }

  #transportTo(origin: string): Transport {
    const known = this.#byOrigin.get(origin);
    if (known !== undefined) return known;
    const secretHeaders = this.#options.headers ?? {};
    const made = new Transport({ ...this.#options, baseUrl: origin, secretHeaders, toStatusError: toMediaError });
    this.#byOrigin.set(origin, made);
    return made;
  }
}

/** A signed link that has expired is refused, and not missing. */
function toMediaError(answer: RawAnswer, context: AnswerContext) {
  return answer.status === 403 ? new JobNotFoundError(toFacts(answer, context)) : toStatusError(answer, context);
}

export function hostNotAllowed(): InvalidRequestError {
  return new InvalidRequestError({ endpoint: ENDPOINT, reason: 'host not allowed' });
}
