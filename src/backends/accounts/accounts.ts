import { compact } from '../../shared/compact.ts';
import { AppError } from '../../shared/errors.ts';
import type { ApiJob, RunningList } from '../api-job.ts';
import { AccountGoneError, InvalidJobidError, InvalidRequestError, RejectedPromptError } from '../backend-errors.ts';
import type {
  Backend,
  CallOptions,
  CancelResult,
  Capabilities,
  FinishRequest,
  FinishResult,
  ListOptions,
  OpenedFile,
  ParsedJobid,
  PressRequest,
  PressResult,
  ReadOptions,
  SubmitRequest,
} from '../contract.ts';
import { boardOf, parseJobid, qualify, qualifyJob, qualifyList, unqualify } from './job-ids.ts';
import { OwnBounds, toModest } from './own-bounds.ts';
import { toOwnerGuildId } from './own-id.ts';

/** A backend with its address and secret, and the servers that may use it. */
export interface Account {
  /** Stands before its job ids and boards; none for an account that the variables name, one of each kind. */
  readonly id?: string;
  /** For people. */
  readonly name: string;
  readonly backend: Backend;
  /** The servers that may use it; all without it. */
  readonly guildIds?: readonly string[];
}

/** An account that a server brings for itself; comes and goes while the bot runs. */
export interface OwnAccount extends Account {
  /** @see toOwnId */
  readonly id: string;
  readonly guildIds: readonly [string];
}

/** Where a call goes: an account, and the id or board as it calls it. */
interface Target {
  readonly account: Account;
  readonly text: string;
}

/** All accounts as one: job ids and boards name the account that they belong to. @see Backend */
export class Accounts implements Backend {
  /** Of the configuration, in its order. */
  readonly configured: readonly Account[];
  readonly #own = new Map<string, OwnAccount>();
  readonly #ownByGuild = new Map<string, OwnAccount>();
  /** How much is taken in of what each own account says. */
  readonly #bounds = new Map<string, OwnBounds>();

  /** @param accounts The first one takes submits where nothing else is asked. */
  constructor(accounts: readonly [Account, ...Account[]]) {
    this.configured = accounts;
  }

  /** Every list of running jobs that there is now. */
  get boards(): readonly [string, ...string[]] {
    const [first = '', ...others] = [...this.configured, ...this.#own.values()].flatMap(toBoards);
    return [first, ...others];
  }

  /** Adds a server's own account. @throws AppError where there is one of that id, or of that server */
  add(account: OwnAccount): void {
    const { id, guildIds } = account;
    if (this.#findById(id) !== undefined || this.#ownByGuild.has(guildIds[0]))
      throw new AppError('account-taken', 'There is such an account already.');
    this.#own.set(id, account);
    this.#bounds.set(id, new OwnBounds());
    this.#ownByGuild.set(guildIds[0], account);
  }

  /** Takes a server's own account out at once; resolves when its calls have ended, after five seconds at most. */
  async remove(guildId: string): Promise<void> {
    const account = this.#ownByGuild.get(guildId);
    if (account === undefined) return;
    this.#ownByGuild.delete(guildId);
    this.#own.delete(account.id);
    this.#bounds.delete(account.id);
    await account.backend.close();
  }

  /** A server's own account, while it is open. */
  ownOf(guildId: string): OwnAccount | undefined {
    return this.#ownByGuild.get(guildId);
  }

  /** The accounts that a server may use, its own first. */
  openTo(guildId: string): readonly Account[] {
    const own = this.#ownByGuild.get(guildId);
    const configured = this.configured.filter(({ guildIds }) => guildIds?.includes(guildId) ?? true);
    return own === undefined ? configured : [own, ...configured];
  }

  /** The account of a board; undefined where there is none any more. */
  find(board: string): Account | undefined {
    const { accountId, text } = unqualify(board);
    if (accountId !== undefined) return this.#findById(accountId);
    const plain = this.configured.filter(({ id }) => id === undefined);
    return plain.find(({ backend }) => backend.hasBoard(text));
  }

  /**
   * The servers that may know of a board and its jobs; undefined: all. None may of those of an account that the file
   * no longer names; those of an account that a server had brought stay its own. Jobs of before there were accounts
   * belong to all.
   */
  guildIdsOf(board: string): readonly string[] | undefined {
    const { accountId } = unqualify(board);
    if (accountId === undefined) return undefined;
    const account = this.#findById(accountId);
    if (account !== undefined) return account.guildIds;
    const owner = toOwnerGuildId(accountId);
    return owner === undefined ? [] : [owner];
  }

  /** Whether a board is of an account that a server brings, or has brought. */
  isOwn(board: string): boolean {
    return isOwn(board);
  }

  /** Whether a board is of an account that a server had brought, and that is closed now. */
  isGone(board: string): boolean {
    return isOwn(board) && this.find(board) === undefined;
  }

  isOpenTo(board: string, guildId: string): boolean {
    return this.guildIdsOf(board)?.includes(guildId) ?? true;
  }

  hasBoard(board: string): boolean {
    return this.find(board) !== undefined;
  }

  /** Nothing can be done with the jobs of an account that is gone. */
  capabilities(board: string): Capabilities {
    return this.find(board)?.backend.capabilities(unqualify(board).text) ?? NONE;
  }

  parseJobid(text: string): ParsedJobid | undefined {
    return parseJobid(text);
  }

  async listRunning(board: string, options: ListOptions = {}): Promise<RunningList> {
    const { account, text } = this.#ofBoard(board, 'listRunning');
    const known = () => toLocalIds(account.id, options.known?.() ?? []);
    const list = await account.backend.listRunning(text, { ...options, known });
    return qualifyList(account.id, this.#bounds.get(account.id ?? '')?.toBounded(list, known()) ?? list);
  }

  async readJob(jobid: string, options?: ReadOptions): Promise<ApiJob> {
    const { account, text } = this.#ofJob(jobid, 'readJob');
    return take(account.id, await account.backend.readJob(text, options));
  }

  async findByReplyRef(board: string, replyRef: string, options?: CallOptions): Promise<ApiJob | undefined> {
    const { account, text } = this.#ofBoard(board, 'findByReplyRef');
    const job = await account.backend.findByReplyRef(text, replyRef, options);
    return job && take(account.id, job);
  }

  async submit(request: SubmitRequest): Promise<ApiJob> {
    const { account, text } = this.#ofBoard(request.board, 'submit');
    return guard(account, async () => take(account.id, await account.backend.submit({ ...request, board: text })));
  }

  async press(request: PressRequest): Promise<PressResult> {
    const { account, text } = this.#ofJob(request.jobid, 'press');
    return guard(account, async () =>
      toQualifiedResult(account, await account.backend.press(toLocalPress(account, text, request))),
    );
  }

  async finishPress(jobid: string, request: FinishRequest): Promise<FinishResult> {
    const { account, text } = this.#ofJob(jobid, 'finishPress');
    const local = toLocalPress(account, unqualify(request.jobid).text, request);
    return guard(account, async () => {
      const result = await account.backend.finishPress(text, {
        ...local,
        ...compact({ isLookOnly: request.isLookOnly }),
      });
      return result.outcome === 'waiting' ? result : toQualifiedResult(account, result);
    });
  }

  async cancel(jobid: string, options?: CallOptions): Promise<CancelResult> {
    const { account, text } = this.#ofJob(jobid, 'cancel');
    return account.backend.cancel(text, options);
  }

  async resetChannel(board: string, apiChannel: string, options?: CallOptions): Promise<void> {
    const { account, text } = this.#ofBoard(board, 'resetChannel');
    return account.backend.resetChannel(text, apiChannel, options);
  }

  /** Whether a file of a job of this board is to be opened by `openMedia`. */
  opensMedia(board: string, url: string): boolean {
    return this.find(board)?.backend.opensMedia(unqualify(board).text, url) ?? false;
  }

  async openMedia(board: string, url: string, options?: CallOptions): Promise<OpenedFile> {
    const { account, text } = this.#ofBoard(board, 'openMedia');
    return account.backend.openMedia(text, url, options);
  }

  async close(): Promise<void> {
    await Promise.all([...this.configured, ...this.#own.values()].map(({ backend }) => backend.close()));
  }

  #findById(accountId: string): Account | undefined {
    return this.#own.get(accountId) ?? this.configured.find(({ id }) => id === accountId);
  }

  #ofBoard(board: string, call: string): Target {
    const account = this.find(board);
    if (account !== undefined) return { account, text: unqualify(board).text };
    if (isOwn(board)) throw new AccountGoneError({ endpoint: call });
    throw new InvalidRequestError({ endpoint: call, reason: 'no such account' });
  }

  #ofJob(jobid: string, call: string): Target {
    const account = this.find(boardOf(jobid) ?? '');
    if (account !== undefined) return { account, text: unqualify(jobid).text };
    throw isOwn(jobid) ? new AccountGoneError({ endpoint: call }) : new InvalidJobidError({ endpoint: call });
  }
}

/** Whether an id or board is of an account that a server had brought. */
function isOwn(text: string): boolean {
  const { accountId } = unqualify(text);
  return accountId !== undefined && toOwnerGuildId(accountId) !== undefined;
}

function toLocalIds(accountId: string | undefined, jobids: readonly string[]): string[] {
  return jobids.flatMap((jobid) => {
    const local = unqualify(jobid);
    return local.accountId === accountId ? [local.text] : [];
  });
}

/** A record with its account before every id. @throws BodyTooLargeError where an own account sends too much */
function take(id: string | undefined, job: ApiJob): ApiJob {
  return qualifyJob(id, id !== undefined && toOwnerGuildId(id) !== undefined ? toModest(job) : job);
}

function toLocalPress(account: Account, jobid: string, request: PressRequest): PressRequest {
  const { onSecondStep } = request;
  const inform = onSecondStep && ((taskId: string) => onSecondStep(qualify(account.id, taskId)));
  return { ...request, jobid, ...(inform !== undefined && { onSecondStep: inform }) };
}

function toQualifiedResult({ id }: Account, result: PressResult): PressResult {
  if (result.outcome === 'created') return { outcome: 'created', job: take(id, result.job) };
  const job = result.job && take(id, result.job);
  return { outcome: 'existing', jobid: qualify(id, result.jobid), ...(job !== undefined && { job }) };
}

/** The job that a refusal holds is named as all others are. */
async function guard<T>({ id }: Account, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (id === undefined || !(error instanceof RejectedPromptError) || error.job === undefined) throw error;
    throw error.withJob(take(id, error.job));
  }
}

function toBoards({ id, backend }: Account): readonly [string, ...string[]] {
  const [first, ...others] = backend.boards;
  return [qualify(id, first), ...others.map((board) => qualify(id, board))];
}

const NONE: Capabilities = {
  cancels: false,
  resets: false,
  namesForeignJobs: false,
  listHoldsRecords: false,
  submits: false,
  presses: 'none',
  echoesReplyRef: false,
};
