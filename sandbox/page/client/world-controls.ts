import type { ControlJob, ControlOrder, ControlsState } from '../server/page-controls.ts';
import { abilitiesView } from './ability-controls.ts';
import { apiControls, speedControls } from './api-controls.ts';
import { choice, group, listField, push, toggle } from './control-parts.ts';
import { keepingFocus } from './focus.ts';
import { fill, h } from './h.ts';
import { onceReleased } from './held-pointer.ts';
import { JobPanel, type StartPlace } from './job-panel.ts';
import { proxyControls } from './proxy-panel.ts';
import type { Session } from './session.ts';
import { postOrder, readControls } from './steering.ts';

/** The bot's command for one job. */
export const SHOW_COMMAND = 'job show';
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
  readonly #jobs: JobPanel;
  readonly #switches = h('div', { class: 'switches' });
  readonly #notice = h('p', { class: 'notice', role: 'status' });
  #state: ControlsState | undefined;
  #asked = 0;

  /** @param onShow asks the bot for a job's card in the open channel. */
  constructor(session: Session, onShow: (jobid: string) => void) {
    this.#session = session;
    this.#jobs = new JobPanel({
      give: (order) => this.#give(order),
      toShow: () => (session.commands.slash.some(({ path }) => path === SHOW_COMMAND) ? onShow : undefined),
    });
    this.element.append(this.#notice, this.#jobs.element, this.#switches);
    session.on((change) => {
      if (change.kind === 'controls') void this.refresh();
      if (change.kind === 'channel' || change.kind === 'state') this.#render();
    });
  }

  /** Reads how everything is set; nothing is read while nobody looks. */
  async refresh(): Promise<void> {
    if (this.element.offsetParent === null) return;
    this.#asked += 1;
    const asked = this.#asked;
    const state = await readControls().catch(() => undefined);
    // What an order was answered with meanwhile is newer.
    if (asked !== this.#asked) return;
    this.#state = state ?? this.#state;
    onceReleased(() => this.#render());
  }

  async #give(order: ControlOrder): Promise<void> {
    try {
      this.#state = await postOrder(order);
      this.#asked += 1;
      this.#notice.textContent = '';
    } catch (thrown) {
      this.#notice.textContent = thrown instanceof Error ? thrown.message : String(thrown);
    }
    onceReleased(() => this.#render());
  }

  #render(): void {
    const state = this.#state;
    if (state === undefined) return;
    const { api, proxy, services } = state;
    const [service] = services;
    const jobs = [api, proxy, ...services].flatMap((place) => place?.jobs ?? []);
    this.#jobs.element.hidden = (api ?? proxy ?? service) === undefined;
    this.#jobs.show(jobs.toSorted(byRunning), toPlaces(state));
    const give = (order: ControlOrder) => void this.#give(order);
    keepingFocus(this.#switches, () =>
      fill(
        this.#switches,
        api !== undefined && apiControls(api, give),
        proxy !== undefined && proxyControls(proxy, give, { hasSpeed: api === undefined }),
        api === undefined && proxy === undefined && service !== undefined && serviceControls(service.speed, give),
        discordControls(state, give),
        abilitiesView(state, this.#session, give),
        botControls(state, give),
      ),
    );
  }
}

function byRunning(a: ControlJob, b: ControlJob): number {
  return Number(b.isRunning) - Number(a.isRunning);
}

/** Where a job can be started. */
function toPlaces({ api, proxy, services }: ControlsState): readonly StartPlace[] {
  return [
    ...(api === undefined ? [] : (['v3', 'v2'] as const)),
    ...(proxy === undefined ? [] : (['mj'] as const)),
    ...services.map(({ service }) => service),
  ];
}

/** The speed of all jobs, where it is not offered beside the API or the proxy. */
function serviceControls(speed: number, give: (order: ControlOrder) => void): HTMLElement {
  return group('The services', speedControls(speed, give));
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
