import type { Clock } from '../shared/clock.ts';
import { toErrorMessage } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { DocumentId, SetAsideDocument } from './contract.ts';
import type { Decision, DocumentRows } from './document-rows.ts';
import { parseStored, toStoredText } from './stored-text.ts';

/** The collection of what was set aside, beside the others. */
const COLLECTION = 'set-aside';

export type Judgement<T> =
  | { readonly fits: true; readonly value: T }
  | { readonly fits: false; readonly reason: string; readonly repaired: T | undefined };

type Judge<T> = (text: string) => Judgement<T>;

/** Moves what cannot be read out of the way, where an operator can look at it; nothing of it is lost. */
export class SetAside {
  readonly #rows: DocumentRows;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(rows: DocumentRows, clock: Clock, logger: Logger) {
    this.#rows = rows;
    this.#clock = clock;
    this.#logger = logger;
  }

  /**
   * Sets a document aside and returns what takes its place. Where the store takes no writes now, it is done
   * at the next read.
   */
  async replace<T>(id: DocumentId, toJudge: (now: number) => Judge<T>): Promise<T | undefined> {
    const judge = toJudge(this.#clock.now());
    const found = await this.#rows.read(id);
    if (found === undefined) return undefined;
    const judgement = judge(found);
    if (judgement.fits) return judgement.value;
    try {
      return await this.move(id, toJudge);
    } catch (thrown) {
      this.#logger.warn({ ...id, reason: toErrorMessage(thrown) }, 'It could not be set aside yet.');
      return judgement.repaired;
    }
  }

  /** As `replace`, but rejects where the store takes no writes now. */
  async move<T>(id: DocumentId, toJudge: (now: number) => Judge<T>): Promise<T | undefined> {
    const now = this.#clock.now();
    const judge = toJudge(now);
    const judgement = await this.#rows.change(id, (text) => this.#decide(id, now, text, judge));
    if (judgement === undefined) return undefined;
    if (judgement.fits) return judgement.value;
    this.#logger.error({ ...id, reason: judgement.reason }, 'Something in the store cannot be read; it was set aside.');
    return judgement.repaired;
  }

  /** What was set aside, and was not removed since. */
  async list(): Promise<readonly SetAsideDocument[]> {
    const keys = await this.#rows.listKeys(COLLECTION);
    return keys.map((key) => {
      const [collection = '', ...rest] = key.split(':');
      const [at = '', ...name] = rest;
      return { collection, key: name.join(':'), at: Number(at) };
    });
  }

  #decide<T>(
    id: DocumentId,
    now: number,
    text: string | undefined,
    judge: Judge<T>,
  ): Decision<Judgement<T> | undefined> {
    if (text === undefined) return { result: undefined };
    const judgement = judge(text);
    if (judgement.fits) return { result: judgement };
    const stored = parseStored(text);
    const { repaired } = judgement;
    const replaced = repaired === undefined ? undefined : toStoredText({ ...stored, value: repaired });
    return {
      result: judgement,
      writes: [
        { collection: COLLECTION, key: `${id.collection}:${now}:${id.key}`, text },
        { ...id, text: replaced, expires: stored.expires },
      ],
    };
  }
}
