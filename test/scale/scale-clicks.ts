import type { APIMessage } from 'discord.js';
import { sandboxIds as ids } from '../../sandbox/discord/world/world-plan.ts';
import { toErrorMessage } from '../../src/shared/errors.ts';
import { controlOf } from '../e2e/start-world.ts';
import type { ScaleWorld } from './scale-world.ts';

const LABELS = ['V1', 'V2', 'V3', 'V4'] as const;

/** A member who clicks buttons that cost, and what was paid for them. */
export class ScaleClicks {
  readonly #world: ScaleWorld;
  /** Buttons that were not clicked yet, of jobs that finished before there were rules. */
  readonly #buttons: { readonly message: APIMessage; readonly label: string }[] = [];
  readonly #clicks: Promise<unknown>[] = [];
  #clicked = 0;

  constructor(world: ScaleWorld) {
    this.#world = world;
  }

  async prepare(count: number): Promise<void> {
    await this.#world.owner('mod allow', { action: 'press', role: ids.artistRole });
    while (this.#buttons.length < count) await this.#addCard();
  }

  /** Clicks a button, which gets no answer where the bot dies; returns what clicks it once more. */
  click(): () => void {
    const button = this.#buttons.pop();
    if (button === undefined) throw new Error('There is no button left to click');
    const { message, label } = button;
    const customId = controlOf(message, 'press', label);
    const click = () => {
      const clicked = this.#world.discord.people(ids.member).press(message.id, customId);
      this.#clicks.push(clicked.catch(toErrorMessage));
    };
    this.#clicked += 1;
    click();
    return click;
  }

  async whenAnswered(): Promise<void> {
    await Promise.all(this.#clicks);
  }

  /** Paid calls that were made more than once, or that nobody clicked for. */
  overpaid(): readonly string[] {
    const paid = this.#paid();
    const twice = paid.filter((body, at) => paid.indexOf(body) !== at);
    return paid.length > this.#clicked ? [...twice, `${paid.length} paid, ${this.#clicked} clicked`] : twice;
  }

  summary(): string {
    return `${this.#clicks.length} clicks on ${this.#clicked} buttons, ${this.#paid().length} paid calls`;
  }

  #paid(): readonly string[] {
    const isPaid = ({ method, path }: { method: string; path: string }) =>
      method === 'POST' && /\/jobs\/(button|imagine|describe|blend)/.test(path);
    return this.#world.useapi.requests.filter(isPaid).map(({ requestBody = '' }) => requestBody);
  }

  async #addCard(): Promise<void> {
    const jobid = this.#world.useapi.world.startJob({ version: 'v3', prompt: `card ${this.#buttons.length}` });
    this.#world.useapi.world.advance(jobid, { to: 'completed' });
    const { message, failure } = await this.#world.owner('job show', { job: jobid, public: true });
    if (message === undefined) throw new Error(`There is no card: ${failure}\n${this.#world.lastWords()}`);
    this.#buttons.push(...LABELS.map((label) => ({ message, label })));
  }
}
