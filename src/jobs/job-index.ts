import { compact } from '../shared/compact.ts';
import { foldText } from '../shared/fold-text.ts';
import { cutText } from '../shared/text.ts';
import { endOf, isOver, isVisibleTo, type Job } from './job.ts';

/** What autocomplete knows of a job, in memory. */
export interface IndexedJob {
  readonly ref: string;
  readonly jobid: string;
  readonly status: string;
  readonly isOver: boolean;
  /** See `endOf`. */
  readonly endedAt?: number;
  readonly isRead: boolean;
  readonly verb?: string;
  readonly button?: string;
  readonly jobType?: 'image' | 'video';
  readonly prompt?: string;
  /** As the API spells them. */
  readonly buttons: readonly string[];
  readonly apiChannel?: string;
  readonly originGuildId?: string;
  readonly accountGuildIds?: readonly string[];
  readonly seenAt: number;
}

interface Entry {
  readonly shown: IndexedJob;
  readonly folded: string;
}

const MAX_OVER = 500;
const MAX_API_CHANNELS = 1_000;
/** Of accounts that are one server's alone. */
const MAX_API_CHANNELS_PER_GUILD = 100;
const MAX_PROMPT = 5_000;

/** Running and recent jobs in memory, newest first, so that autocomplete needs neither the store nor the API. */
export class JobIndex {
  readonly #running = new Map<string, Entry>();
  readonly #over = new Map<string, Entry>();
  /** Each with the servers that may know of it; undefined: all. */
  readonly #apiChannels = new Map<string, readonly string[] | undefined>();

  get(ref: string): IndexedJob | undefined {
    return (this.#running.get(ref) ?? this.#over.get(ref))?.shown;
  }

  note(job: Job): void {
    const entry = {
      shown: toIndexedJob(job),
      folded: foldText(`${job.ref} ${job.jobid} ${job.verb ?? ''} ${job.prompt ?? ''}`),
    };
    this.#running.delete(job.ref);
    this.#over.delete(job.ref);
    const home = isOver(job) ? this.#over : this.#running;
    home.set(job.ref, entry);
    if (job.apiChannel !== undefined) this.noteApiChannel(job.apiChannel, job.accountGuildIds);
    if (this.#over.size > MAX_OVER) this.#dropOldest();
  }

  /**
   * @param guildIds The servers that may know of it; undefined: all. One channel of several accounts is known to all
   * theirs.
   */
  noteApiChannel(apiChannel: string, guildIds?: readonly string[]): void {
    if (!this.#apiChannels.has(apiChannel) && this.#isFullFor(guildIds)) return;
    const before = this.#apiChannels.has(apiChannel) ? this.#apiChannels.get(apiChannel) : [];
    const isOpen = before === undefined || guildIds === undefined;
    this.#apiChannels.set(apiChannel, isOpen ? undefined : [...new Set([...before, ...guildIds])]);
  }

  /**
   * Jobs that the server may know of and that hold all words of `text`; running ones first, then newest first.
   * Of a job that `hides`, nothing but its ref is searched: otherwise guesses would reveal its prompt.
   */
  search(
    text: string,
    guildId: string,
    limit: number,
    hides: (job: IndexedJob) => boolean = () => false,
  ): IndexedJob[] {
    const words = foldText(text).split(/\s+/).filter(Boolean);
    const found: IndexedJob[] = [];
    for (const home of [this.#running, this.#over]) {
      for (const { shown, folded } of [...home.values()].reverse()) {
        if (found.length >= limit) return found;
        if (!isVisibleTo(shown, guildId)) continue;
        const searched = words.length > 0 && hides(shown) ? shown.ref : folded;
        if (words.every((word) => searched.includes(word))) found.push(shown);
      }
    }
    return found;
  }

  /** API channels that the server may know of. */
  searchApiChannels(text: string, guildId: string, limit: number): string[] {
    const open = [...this.#apiChannels].filter(([, guildIds]) => guildIds?.includes(guildId) ?? true);
    return open.flatMap(([id]) => (id !== '' && id.includes(text.trim()) ? [id] : [])).slice(0, limit);
  }

  /** Refs of jobs that are over, oldest first: what is kept over a restart. */
  recentRefs(): string[] {
    return [...this.#over.keys()];
  }

  #isFullFor(guildIds: readonly string[] | undefined): boolean {
    if (this.#apiChannels.size >= MAX_API_CHANNELS) return true;
    const [guildId, ...others] = guildIds ?? [];
    if (guildId === undefined || others.length > 0) return false;
    const own = [...this.#apiChannels.values()].filter((known) => known?.length === 1 && known[0] === guildId);
    return own.length >= MAX_API_CHANNELS_PER_GUILD;
  }

  /** Of the server that has the most, so that none pushes out what others have. */
  #dropOldest(): void {
    const byOwner = Map.groupBy(this.#over.values(), ({ shown }) => toOwner(shown));
    const [most = []] = [...byOwner.values()].sort((a, b) => b.length - a.length);
    const [oldest] = most;
    if (oldest !== undefined) this.#over.delete(oldest.shown.ref);
  }
}

/** The one server to which a job belongs; those that are open to several belong together. */
function toOwner({ originGuildId, accountGuildIds = [] }: IndexedJob): string {
  const [only = '', ...others] = accountGuildIds;
  return originGuildId ?? (others.length > 0 ? '' : only);
}

function toIndexedJob(job: Job): IndexedJob {
  const endedAt = endOf(job);
  return {
    ref: job.ref,
    jobid: job.jobid,
    status: job.status,
    isOver: isOver(job),
    isRead: job.isRead,
    buttons: job.buttons,
    seenAt: job.observedAt,
    ...compact({ endedAt, verb: job.verb, button: job.button, jobType: job.jobType }),
    ...(job.prompt !== undefined && { prompt: cutText(job.prompt, MAX_PROMPT) }),
    ...compact({ apiChannel: job.apiChannel, originGuildId: job.originGuildId, accountGuildIds: job.accountGuildIds }),
  };
}
