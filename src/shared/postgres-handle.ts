import { Pool, type PoolClient, type PoolConfig, type QueryResult } from 'pg';
import type { Clock } from './clock.ts';
import { isDoneWithin } from './done-within.ts';
import { toErrorMessage } from './errors.ts';
import type { Logger } from './logger.ts';
import { isPassing, isSerializationFailure } from './postgres-errors.ts';

/** One row, its columns by name, as `pg` reads them: `bigint` is a text. */
export type Row = Readonly<Record<string, unknown>>;

/** Runs one statement; rejects with what `pg` throws. */
export interface Querier {
  query(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

/** How far a transaction is kept apart from those that run at the same time. */
export type Isolation = 'READ COMMITTED' | 'SERIALIZABLE';

export interface PostgresHandleOptions {
  /** `postgres://user:password@host:port/database`, with `?schema=` for another schema than `bot`. */
  readonly url: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Connections at most; default 10. */
  readonly maxConnections?: number;
  /** Milliseconds to wait for a server that cannot be reached, before a call rejects; default 5,000. */
  readonly reachWaitMs?: number;
  /** Milliseconds to wait for a connection to be made, or for one to be free; default 5,000. */
  readonly connectWaitMs?: number;
  /**
   * Milliseconds after which the server ends a transaction in which nothing happens, so that a process that was stopped
   * within one holds its locks no longer; default 5,000.
   */
  readonly idleTransactionMs?: number;
  /** Milliseconds to wait for the answer to a statement, before its connection counts as lost; default 20,000. */
  readonly answerWaitMs?: number;
}

const DEFAULT_SCHEMA = 'bot';
/** With `_queue` at its end it is a name that pg-boss takes, 50 characters at most. */
const SCHEMA = /^[a-z_][a-z0-9_]{0,43}$/;
const RETRY_MS = 100;
const MAX_COMMIT_TRIES = 20;
/**
 * Tries that follow at once. Later ones are spread over as long as that many take, so that transactions in each other's
 * way get through, also on a server that is slow.
 */
const QUICK_TRIES = 4;
const LEAST_SPREAD_MS = 10;
const STATEMENT_TIMEOUT_MS = 15_000;
/** How long the end waits for statements that are under way. */
const CLOSE_LIMIT_MS = 3_000;

/**
 * Connections to one PostgreSQL database, which store and queue share. While the server cannot be reached, nothing is
 * lost and nothing is sent twice: only what surely did not arrive, and reads, are tried again.
 */
export class PostgresHandle implements Querier {
  /** The schema that holds the bot's tables; a plain name that needs no quotes. */
  readonly schema: string;
  readonly #pool: Pool;
  readonly #clock: Clock;
  readonly #reachWaitMs: number;
  #checkReply: () => void = () => undefined;
  #isClosed = false;

  constructor({ url, clock, logger, reachWaitMs = 5_000, ...limits }: PostgresHandleOptions) {
    const { connectionString, schema } = readPostgresUrl(url);
    this.schema = schema;
    this.#clock = clock;
    this.#reachWaitMs = reachWaitMs;
    this.#pool = new Pool(toPoolConfig(connectionString, limits));
    this.#pool.on('error', (thrown) =>
      logger.warn({ reason: toErrorMessage(thrown) }, 'A connection to PostgreSQL ended.'),
    );
    // One that ends while it is used says so to whoever uses it, and besides as an event, which nobody else hears.
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  get isOpen(): boolean {
    return !this.#isClosed;
  }

  /** How many connections there are now. */
  get connections(): number {
    return this.#pool.totalCount;
  }

  /** Calls it with each reply, before that is returned: where it throws, so does what was asked for. */
  checkReplies(check: () => void): void {
    this.#checkReply = check;
  }

  /** Runs one statement that changes something; it is not sent again once it may have arrived. */
  async query(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return this.#withClient((client) => run(client, sql, values), this.#giveUpAt());
  }

  /** Runs one statement that changes nothing; also again, where the connection ends. */
  async read(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    const giveUpAt = this.#giveUpAt();
    for (;;) {
      try {
        return await this.#withClient((client) => run(client, sql, values), giveUpAt);
      } catch (thrown) {
        if (!isPassing(thrown) || this.#clock.monotonicMs() >= giveUpAt || this.#isClosed) throw thrown;
      }
      await this.#clock.sleep(RETRY_MS);
    }
  }

  /** Runs statements that take no values, such as a `BEGIN` with what follows it; returns the rows of all. */
  async runScript(sql: string): Promise<readonly Row[]> {
    return this.#withClient((client) => runScript(client, sql), this.#giveUpAt());
  }

  /**
   * Runs `work`, which must be repeatable and have no effect but by its querier, in one transaction. It is run again
   * where another was faster.
   * @param isolation Default `SERIALIZABLE`: as if no other ran at the same time.
   */
  async transact<T>(work: (querier: Querier) => Promise<T>, isolation: Isolation = 'SERIALIZABLE'): Promise<T> {
    let beganAt = 0;
    const tryOnce = (client: PoolClient) => {
      beganAt = this.#clock.monotonicMs();
      return transactOnce(client, work, isolation);
    };
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#withClient(tryOnce, this.#giveUpAt());
      } catch (thrown) {
        if (!isSerializationFailure(thrown) || tries >= MAX_COMMIT_TRIES) throw thrown;
        const spreadMs = Math.max(LEAST_SPREAD_MS, this.#clock.monotonicMs() - beganAt);
        if (tries > QUICK_TRIES) await this.#clock.sleep(Math.random() * tries * spreadMs);
      }
    }
  }

  /**
   * Calls `heard` with each notification on a channel, a plain name, on a connection of its own; what that calls back
   * ends it. Where the connection ends, nothing more is heard, and `ended` is called.
   */
  async listen(channel: string, heard: () => void, ended: () => void = () => undefined): Promise<() => void> {
    const client = await this.#connect(this.#giveUpAt());
    const end = once(() => {
      client.release(true);
      ended();
    });
    client.on('notification', heard).on('end', end);
    await client.query(`LISTEN ${channel}`).catch((thrown: unknown) => {
      end();
      throw thrown;
    });
    return end;
  }

  /** Waits for what is under way, but not for a server that does not answer. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await isDoneWithin(this.#pool.end(), CLOSE_LIMIT_MS);
  }

  /** By the monotonic clock. */
  #giveUpAt(): number {
    return this.#clock.monotonicMs() + this.#reachWaitMs;
  }

  async #withClient<T>(work: (client: PoolClient) => Promise<T>, giveUpAt: number): Promise<T> {
    const client = await this.#connect(giveUpAt);
    const result = await work(client).catch(async (thrown: unknown) => {
      client.release(isPassing(thrown) || !(await isRolledBack(client)));
      throw thrown;
    });
    client.release();
    this.#checkReply();
    return result;
  }

  async #connect(giveUpAt: number): Promise<PoolClient> {
    for (;;) {
      try {
        return await this.#pool.connect();
      } catch (thrown) {
        if (!isPassing(thrown) || this.#clock.monotonicMs() >= giveUpAt || this.#isClosed) throw thrown;
      }
      await this.#clock.sleep(RETRY_MS);
    }
  }
}

/** The address as `pg` takes it, and the schema that it names. @throws TypeError where it is no URL */
function readPostgresUrl(url: string): { readonly connectionString: string; readonly schema: string } {
  const address = new URL(url);
  const schema = address.searchParams.get('schema') ?? DEFAULT_SCHEMA;
  if (!SCHEMA.test(schema)) throw new TypeError('`schema` must be small letters, digits and underscores');
  address.searchParams.delete('schema');
  return { connectionString: address.href, schema };
}

function toPoolConfig(
  connectionString: string,
  {
    maxConnections: max = 10,
    idleTransactionMs = 5_000,
    answerWaitMs = STATEMENT_TIMEOUT_MS + 5_000,
    connectWaitMs = 5_000,
  }: Pick<PostgresHandleOptions, 'maxConnections' | 'idleTransactionMs' | 'answerWaitMs' | 'connectWaitMs'>,
): PoolConfig {
  return {
    connectionString,
    max,
    application_name: 'useapi-discord-bot',
    connectionTimeoutMillis: connectWaitMs,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: idleTransactionMs,
    // A statement that the server does not answer, for the connection is cut, ends too.
    query_timeout: answerWaitMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
  };
}

async function run(client: PoolClient, sql: string, values: readonly unknown[]): Promise<readonly Row[]> {
  const { rows } = await client.query<Record<string, unknown>>(sql, [...values]);
  return rows;
}

async function runScript(client: PoolClient, sql: string): Promise<readonly Row[]> {
  const results: QueryResult<Record<string, unknown>> | QueryResult<Record<string, unknown>>[] =
    await client.query<Record<string, unknown>>(sql);
  return [results].flat().flatMap(({ rows }) => rows);
}

async function transactOnce<T>(
  client: PoolClient,
  work: (querier: Querier) => Promise<T>,
  isolation: Isolation,
): Promise<T> {
  await client.query(`BEGIN ISOLATION LEVEL ${isolation}`);
  const result = await work({ query: (sql, values = []) => run(client, sql, values) });
  await client.query('COMMIT');
  return result;
}

/** What failed may have begun a transaction, which must not stay open for whoever has the connection next. */
async function isRolledBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query('ROLLBACK');
    return true;
  } catch {
    return false;
  }
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
