import type { ControlJob, ControlOrder } from '../server/page-controls.ts';
import { group, push } from './control-parts.ts';
import { keepingFocus } from './focus.ts';
import { fill, h } from './h.ts';

type StartOrder = Extract<ControlOrder, { order: 'start-job' }>;
/** A version of the API, the Midjourney proxy, or a service beside Midjourney. */
export type StartPlace = StartOrder['version'];
type End = Extract<ControlOrder, { order: 'end-job' }>['to'];

const PROMPTS = [
  'a fox reading under a lamp',
  'glass towers in the rain',
  'a garden on the moon',
  'an owl made of paper',
];
const NOTE = 'The bot looks at once when a job is started or ended here, and else at its own interval.';
const ENDS: readonly (readonly [End, string, string])[] = [
  ['completed', '✓', 'End'],
  ['moderated', '⛔', 'Moderate'],
  ['failed', '✗', 'Fail'],
  ['cancelled', '⏹', 'Cancel'],
  ['stuck', '⏸', 'Leave stuck'],
  ['expired', '🗑', 'Expire'],
];

const PLACES: Readonly<Record<StartPlace, string>> = {
  v3: 'v3',
  v2: 'v2',
  mj: 'proxy',
  minimax: 'MiniMax',
  dreamina: 'Dreamina',
};

/** What the list of jobs can have done. */
export interface JobHooks {
  readonly give: (order: ControlOrder) => Promise<void>;
  /** Asks the bot for the job, as the person whom one is; `undefined` where the bot cannot be asked. */
  readonly toShow: () => ((jobid: string) => void) | undefined;
}

/** Starts jobs as if somebody had done so outside Discord, and ends them at will. */
export class JobPanel {
  readonly element: HTMLElement;
  readonly #place = picker('Where the job runs', []);
  readonly #list = h('ul', { class: 'control-jobs' });
  readonly #give: JobHooks['give'];
  readonly #toShow: JobHooks['toShow'];
  #started = 0;

  constructor({ give, toShow }: JobHooks) {
    this.#give = give;
    this.#toShow = toShow;
    this.element = group('Jobs', this.#startForm(), h('p', { class: 'control-note' }, NOTE), this.#list);
  }

  /** @param places Where a job can be started; the first one is picked until another is. */
  show(jobs: readonly ControlJob[], places: readonly StartPlace[]): void {
    const show = this.#toShow();
    this.#offer(places);
    keepingFocus(this.#list, () =>
      fill(
        this.#list,
        jobs.map((job) => this.#jobView(job, show)),
      ),
    );
  }

  /** Left alone while nothing changes: somebody may be choosing. */
  #offer(places: readonly StartPlace[]): void {
    const offered = [...this.#place.options].map(({ value }) => value);
    if (offered.join() !== places.join())
      fill(
        this.#place,
        places.map((place) => toOption(place, PLACES[place])),
      );
  }

  #startForm(): HTMLElement {
    const prompt = h('input', {
      type: 'text',
      class: 'control-input',
      'aria-label': 'Prompt of a new job',
      placeholder: PROMPTS[0],
      maxlength: 6000,
    });
    const jobType = picker('Kind of job', [
      ['image', 'image'],
      ['video', 'video'],
    ] as const);
    const form = h(
      'form',
      { class: 'start-form' },
      prompt,
      h(
        'div',
        { class: 'control-row' },
        jobType,
        this.#place,
        h('button', { type: 'submit', class: 'button primary small' }, 'Start a job'),
      ),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const order: StartOrder = {
        order: 'start-job',
        prompt: prompt.value.trim() || (PROMPTS[this.#started % PROMPTS.length] ?? ''),
        jobType: jobType.value === 'video' ? 'video' : 'image',
        version: toPlace(this.#place.value),
      };
      this.#started += 1;
      prompt.value = '';
      prompt.placeholder = PROMPTS[this.#started % PROMPTS.length] ?? '';
      void this.#give(order);
    });
    return form;
  }

  #jobView(job: ControlJob, show: ReturnType<JobHooks['toShow']>): HTMLElement {
    const { jobid, version, jobType, prompt, status, percent, isRunning } = job;
    const done = percent === undefined ? '' : ` ${percent}%`;
    const ends = ENDS.filter(([to]) =>
      isRunning ? to !== 'stuck' || status !== 'stuck' : to === 'expired' && status !== 'expired',
    );
    const buttons = ends.map(([to, mark, word]) => {
      const button = push(mark, () => void this.#give({ order: 'end-job', jobid, to }), `${jobid}:${to}`);
      button.setAttribute('aria-label', `${word}: ${prompt}`);
      button.title = word;
      return button;
    });
    return h(
      'li',
      { class: `control-job${isRunning ? ' running' : ''}` },
      h('div', { class: 'control-job-prompt', title: `${prompt}\n${jobid}` }, prompt),
      h(
        'div',
        { class: 'control-job-foot' },
        h('span', {}, `${status}${done} · ${jobType} · ${version}`),
        h('span', { class: 'control-job-ends' }, show && showButton(job, show), buttons),
      ),
    );
  }
}

function showButton({ jobid, botJobid = jobid, prompt }: ControlJob, show: (jobid: string) => void): HTMLElement {
  const button = push('Show in Discord', () => show(botJobid), `${jobid}:show`);
  button.classList.add('show-job');
  button.setAttribute('aria-label', `Show in Discord: ${prompt}`);
  return button;
}

function picker(label: string, options: readonly (readonly [string, string])[]): HTMLSelectElement {
  return h(
    'select',
    { class: 'control-input', 'aria-label': label },
    options.map(([value, text]) => toOption(value, text)),
  );
}

function toOption(value: string, text: string): HTMLElement {
  return h('option', { value }, text);
}

function isPlace(value: string): value is StartPlace {
  return value in PLACES;
}

function toPlace(value: string): StartPlace {
  return isPlace(value) ? value : 'v3';
}
