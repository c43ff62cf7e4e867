import type { ControlJob, ControlOrder } from '../server/page-controls.ts';
import { group, push } from './control-parts.ts';
import { keepingFocus } from './focus.ts';
import { fill, h } from './h.ts';

type StartOrder = Extract<ControlOrder, { order: 'start-job' }>;
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

/** Starts jobs as if somebody had done so outside Discord, and ends them at will. */
export class JobControls {
  readonly element: HTMLElement;
  readonly #list = h('ul', { class: 'control-jobs' });
  readonly #give: (order: ControlOrder) => Promise<void>;
  #started = 0;

  constructor(give: (order: ControlOrder) => Promise<void>) {
    this.#give = give;
    this.element = group('Jobs', this.#startForm(), h('p', { class: 'control-note' }, NOTE), this.#list);
  }

  show(jobs: readonly ControlJob[]): void {
    keepingFocus(this.#list, () =>
      fill(
        this.#list,
        jobs.map((job) => this.#jobView(job)),
      ),
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
    const version = picker('Version of the API', [
      ['v3', 'v3'],
      ['v2', 'v2'],
    ] as const);
    const form = h(
      'form',
      { class: 'start-form' },
      prompt,
      h(
        'div',
        { class: 'control-row' },
        jobType,
        version,
        h('button', { type: 'submit', class: 'button primary small' }, 'Start a job'),
      ),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const order: StartOrder = {
        order: 'start-job',
        prompt: prompt.value.trim() || (PROMPTS[this.#started % PROMPTS.length] ?? ''),
        jobType: jobType.value === 'video' ? 'video' : 'image',
        version: version.value === 'v2' ? 'v2' : 'v3',
      };
      this.#started += 1;
      prompt.value = '';
      prompt.placeholder = PROMPTS[this.#started % PROMPTS.length] ?? '';
      void this.#give(order);
    });
    return form;
  }

  #jobView({ jobid, version, jobType, prompt, status, percent, isRunning }: ControlJob): HTMLElement {
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
      h('div', { class: 'control-job-prompt', title: jobid }, prompt),
      h(
        'div',
        { class: 'control-job-foot' },
        h('span', {}, `${status}${done} · ${jobType} · ${version}`),
        h('span', { class: 'control-job-ends' }, buttons),
      ),
    );
  }
}

function picker(label: string, options: readonly (readonly [string, string])[]): HTMLSelectElement {
  return h(
    'select',
    { class: 'control-input', 'aria-label': label },
    options.map(([value, text]) => h('option', { value }, text)),
  );
}
