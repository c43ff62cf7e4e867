import type { Clock } from '../../shared/clock.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { DocumentId, SetAsideDocument } from '../contract.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { parseStored, toStoredText } from './stored-text.ts';

/** The namespace of what was set aside, beside those of the collections. */
const NAMESPACE = 'set-aside';

export type Judgement<T> =
  | { readonly fits: true; readonly value: T }
  | { readonly fits: false; readonly reason: string; readonly repaired: T | undefined };

/** Moves what cannot be read out of the way, where an operator can look at it; nothing of it is lost. */
export class SetAside {
  readonly #connection: SqliteConnection;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(connection: SqliteConnection, clock: Clock, logger: Logger) {
    this.#connection = connection;
    this.#clock = clock;
    this.#logger = logger;
  }

  /**
   * Sets a document aside and returns what takes its place. Where the store takes no writes now, it is done
   * at the next read.
   */
  async replace<T>(id: DocumentId, toJudge: (now: number) => (text: string) => Judgement<T>): Promise<T | undefined> {
    const now = this.#clock.now();
    const judge = toJudge(now);
    const found = await this.#connection.readRow(id.collection, id.key);
    if (found === undefined) return undefined;
    const judgement = judge(found);
    if (judgement.fits) return judgement.value;
    this.#logger.error({ ...id, reason: judgement.reason }, 'Something in the store cannot be read; it was set aside.');
    try {
      return await this.#connection.change(() => this.#move(id, now, judge));
    } catch (thrown) {
      this.#logger.warn({ ...id, reason: toErrorMessage(thrown) }, 'It could not be set aside yet.');
      return judgement.repaired;
    }
  }

  /** As `replace`, within a change of the connection. */
  replaceNow<T>(id: DocumentId, toJudge: (now: number) => (text: string) => Judgement<T>): T | undefined {
    const now = this.#clock.now();
    this.#logger.error(id, 'Something in the store cannot be read; it is set aside.');
    return this.#move(id, now, toJudge(now));
  }

  /** What was set aside, and was not removed since. */
  async list(): Promise<readonly SetAsideDocument[]> {
    const keys = await this.#connection.listKeys(NAMESPACE);
    return keys.map((key) => {
      const [collection = '', ...rest] = key.split(':');
      const [at = '', ...name] = rest;
      return { collection, key: name.join(':'), at: Number(at) };
    });
  }

  #move<T>(id: DocumentId, now: number, judge: (text: string) => Judgement<T>): T | undefined {
    const text = this.#connection.row(id.collection, id.key);
    if (text === undefined) return undefined;
    const judgement = judge(text);
    if (judgement.fits) return judgement.value;
    this.#connection.putRow(NAMESPACE, `${id.collection}:${now}:${id.key}`, text);
    const { repaired } = judgement;
    if (repaired === undefined) this.#connection.dropRow(id.collection, id.key);
    else this.#connection.replaceRow(id.collection, id.key, toStoredText({ ...parseStored(text), value: repaired }));
    return repaired;
  }
}
