import type { ControlOrder, ControlsState } from '../server/page-controls.ts';
import { abilitiesView } from './ability-controls.ts';
import { apiControls } from './api-controls.ts';
import { choice, group, listField, push, toggle } from './control-parts.ts';
import { keepingFocus } from './focus.ts';
import { fill, h } from './h.ts';
import { JobControls } from './job-controls.ts';
import type { Session } from './session.ts';
import { postOrder, readControls } from './steering.ts';

const BOT_WORDS = {
  starting: 'is starting…',
  running: 'is running',
  stopping: 'is stopping…',
  stopped: 'is stopped',
  failed: 'could not start',
};

/** Everything that can be done to the world around the bot, and how it is set now. */
export class WorldControls {
  readonly element = h('div', { class: 'panel-body' });
  readonly #session: Session;
  readonly #jobs: JobControls;
  readonly #switches = h('div', { class: 'switches' });
  readonly #notice = h('p', { class: 'notice', role: 'status' });
  #state: ControlsState | undefined;

  constructor(session: Session) {
    this.#session = session;
    this.#jobs = new JobControls((order) => this.#give(order));
    this.element.append(this.#notice, this.#jobs.element, this.#switches);
    session.on((change) => {
      if (change.kind === 'controls') void this.refresh();
      if (change.kind === 'channel' || change.kind === 'state') this.#render();
    });
  }

  /** Reads how everything is set; nothing is read while nobody looks. */
  async refresh(): Promise<void> {
    if (this.element.offsetParent === null) return;
    this.#state = await readControls().catch(() => this.#state);
    this.#render();
  }

  async #give(order: ControlOrder): Promise<void> {
    try {
      this.#state = await postOrder(order);
      this.#notice.textContent = '';
    } catch (thrown) {
      this.#notice.textContent = thrown instanceof Error ? thrown.message : String(thrown);
    }
    this.#render();
  }

  #render(): void {
    const state = this.#state;
    if (state === undefined) return;
    this.#jobs.element.hidden = state.api === undefined;
    this.#jobs.show(state.api?.jobs ?? []);
    const give = (order: ControlOrder) => void this.#give(order);
    keepingFocus(this.#switches, () =>
      fill(
        this.#switches,
        state.api !== undefined && apiControls(state.api, give),
        discordControls(state, give),
        abilitiesView(state, this.#session, give),
        botControls(state, give),
      ),
    );
  }
}

function discordControls(state: ControlsState, give: (order: ControlOrder) => void): HTMLElement {
  const troubles = [
    ['normal', 'as usual'],
    ['down', 'down (503)'],
    ['slow', 'take 2 s'],
    ['rate-limited', 'refused (429)'],
  ] as const;
  return group(
    'Discord',
    choice('Calls of its REST API', troubles, state.rest, (trouble) => give({ order: 'set-rest', trouble })),
    listField('Words that AutoMod blocks', state.blockedWords, (words) => give({ order: 'set-auto-mod', words })),
    toggle('Gateway is down', state.isGatewayDown, (isDown) => give({ order: 'set-gateway', isDown })),
    h(
      'div',
      { class: 'control-row' },
      push('Drop the connection', () => give({ order: 'drop-gateway', canResume: true })),
      push('Forget the session', () => give({ order: 'drop-gateway', canResume: false })),
    ),
  );
}

function botControls(state: ControlsState, give: (order: ControlOrder) => void): HTMLElement {
  const isBusy = state.bot === 'starting' || state.bot === 'stopping';
  const isWell = state.bot === 'running' && state.sessions > 0;
  const connected = state.sessions === 0 ? 'not connected' : 'connected';
  const restart = push('Restart the bot', () => give({ order: 'restart-bot' }));
  const look = push('Look at the API now', () => give({ order: 'look-now' }));
  restart.disabled = isBusy;
  look.disabled = isBusy;
  return group(
    'The bot',
    h('p', { class: `bot-state ${isWell ? 'good' : 'bad'}` }, `It ${BOT_WORDS[state.bot]}, ${connected}.`),
    h(
      'div',
      { class: 'control-row' },
      restart,
      look,
      push('Everything as usual', () => give({ order: 'reset' })),
    ),
  );
}
