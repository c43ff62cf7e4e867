import { UserError } from '../../shared/errors.ts';
import { coreWords } from './words.ts';

/** Commands, clicks and forms of one server that are handled at the same time. */
const MAX_PER_GUILD = 100;

/** What each server has under way: what is beyond is refused at once, so that others are replied to in time. */
export class UnderWay {
  readonly #counts = new Map<string, number>();

  /** @throws UserError, with nothing done, where the server has too much under way. */
  async run<T>(guildId: string, work: () => Promise<T>): Promise<T> {
    const count = this.#counts.get(guildId) ?? 0;
    if (count >= MAX_PER_GUILD) throw new UserError('busy-server', coreWords.busyServer(MAX_PER_GUILD));
    this.#counts.set(guildId, count + 1);
    try {
      return await work();
    } finally {
      this.#leave(guildId);
    }
  }

  #leave(guildId: string): void {
    const left = (this.#counts.get(guildId) ?? 1) - 1;
    if (left === 0) this.#counts.delete(guildId);
    else this.#counts.set(guildId, left);
  }
}
