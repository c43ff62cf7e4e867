import type { PageComponent, PageMessage } from '../server/page-api.ts';
import { type Child, h } from './h.ts';
import { linkView, markdownView } from './markdown-view.ts';
import { fileView, galleryView, mediaView } from './media-view.ts';
import { readMessageLink } from './message-links.ts';
import { emojiText, SelectBox } from './select-box.ts';
import type { Session } from './session.ts';
import { coverUntilAsked } from './spoiler.ts';

/** What is sent when somebody uses a control. */
export interface Used {
  readonly messageId: string;
  readonly customId: string | undefined;
  readonly values?: readonly string[];
}

/** What happens when somebody uses a control of a message; resolves when it is settled. */
export type Use = (path: string, data: Used) => Promise<void>;

/** What a component needs to know of where it stands. */
export interface ComponentContext {
  readonly message: PageMessage;
  readonly session: Session;
  readonly use: Use;
  /** The use of a control that is not settled yet. */
  readonly underWay: (customId: string | undefined) => Promise<void> | undefined;
}

const TYPE = {
  actionRow: 1,
  button: 2,
  section: 9,
  text: 10,
  thumbnail: 11,
  gallery: 12,
  file: 13,
  separator: 14,
  container: 17,
} as const;
const SELECTS = new Set([3, 5, 6, 7, 8]);

export function componentViews(components: readonly PageComponent[], context: ComponentContext): Child[] {
  return components.map((component) => componentView(component, context));
}

function componentView(component: PageComponent, context: ComponentContext): Child {
  switch (component.type) {
    case TYPE.actionRow:
      return h('div', { class: 'row' }, componentViews(component.components ?? [], context));
    case TYPE.button:
      return buttonView(component, context);
    case TYPE.section:
      return sectionView(component, context);
    case TYPE.text:
      return markdownView(component.content ?? '', context.session);
    case TYPE.thumbnail:
      return component.media && thumbnailView(component);
    case TYPE.gallery:
      return galleryView(component);
    case TYPE.file:
      return component.file && fileView(component.file, component.name, component.size);
    case TYPE.separator:
      return separatorView(component);
    case TYPE.container:
      return containerView(component, context);
    default:
      return SELECTS.has(component.type) ? selectView(component, context) : unknownView(component);
  }
}

function thumbnailView(component: PageComponent): Child {
  if (component.media === undefined) return undefined;
  return h(
    'div',
    { class: 'thumbnail' },
    mediaView(component.media, component.description ?? '', component.spoiler === true),
  );
}

function sectionView(component: PageComponent, context: ComponentContext): Child {
  return h(
    'div',
    { class: 'section' },
    h('div', { class: 'section-text' }, componentViews(component.components ?? [], context)),
    component.accessory && h('div', { class: 'accessory' }, componentView(component.accessory, context)),
  );
}

function separatorView({ divider, spacing }: PageComponent): Child {
  const size = spacing === 2 ? 'large' : 'small';
  return h('div', { class: `separator ${size}${divider === false ? '' : ' line'}`, role: 'separator' });
}

function containerView(component: PageComponent, context: ComponentContext): Child {
  const { accent_color: accent } = component;
  const color = accent === undefined || accent === null ? undefined : `#${accent.toString(16).padStart(6, '0')}`;
  const view = h(
    'div',
    { class: `container${color === undefined ? '' : ' accented'}`, '--accent': color },
    componentViews(component.components ?? [], context),
  );
  return component.spoiler === true ? coverContainer(view) : view;
}

/** Covers all that a container holds; none of it can be reached before. */
function coverContainer(view: HTMLElement): HTMLElement {
  const setInert = (isInert: boolean) => {
    for (const child of view.children) if (child instanceof HTMLElement) child.inert = isInert;
  };
  view.classList.add('container-spoiler');
  setInert(true);
  coverUntilAsked(view, () => {
    view.classList.remove('container-spoiler');
    setInert(false);
  });
  return view;
}

const STYLES = ['', 'primary', 'secondary', 'success', 'danger', 'secondary', 'primary'];
const LINK = 5;

function buttonView(component: PageComponent, context: ComponentContext): HTMLElement {
  const emoji = emojiText(component.emoji);
  const inner = [emoji !== '' && h('span', { class: 'emoji' }, emoji), component.label];
  const className = `button ${STYLES[component.style ?? 2] ?? 'secondary'}`;
  if (component.style === LINK && component.disabled !== true) {
    const isHere = context.session.channelOf(readMessageLink(component.url ?? '')?.channelId ?? '') !== undefined;
    const mark = !isHere && h('span', { class: 'link-mark', 'aria-label': 'opens elsewhere' }, '↗');
    const link = linkView(component.url ?? '', [inner, mark]);
    link.className = className;
    return link;
  }
  const button = h(
    'button',
    {
      type: 'button',
      class: className,
      disabled: component.disabled,
      'data-key': `${context.message.id}:${component.custom_id}`,
    },
    inner,
  );
  button.addEventListener('click', () => {
    void busy(button, context.use('/api/press', { messageId: context.message.id, customId: component.custom_id }));
  });
  void busy(button, context.underWay(component.custom_id));
  return button;
}

function selectView(component: PageComponent, context: ComponentContext): HTMLElement {
  const box = new SelectBox(component, context.session, (values) => {
    const data = { messageId: context.message.id, customId: component.custom_id, values };
    void busy(box.element, context.use('/api/select', data));
  });
  void busy(box.element, context.underWay(component.custom_id));
  return box.element;
}

/** Shows that something is under way until it is settled; a second press meanwhile does nothing. */
async function busy(element: HTMLElement, work: Promise<void> | undefined): Promise<void> {
  if (work === undefined) return;
  element.classList.add('busy');
  element.setAttribute('aria-busy', 'true');
  await work;
  element.classList.remove('busy');
  element.removeAttribute('aria-busy');
}

function unknownView(component: PageComponent): Child {
  return h('div', { class: 'unknown' }, `A component of type ${component.type}, which this page does not show`);
}
