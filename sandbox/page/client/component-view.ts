import type { PageComponent, PageMessage } from '../server/page-api.ts';
import { type Child, h } from './h.ts';
import { linkView, markdownView } from './markdown-view.ts';
import { fileView, galleryView, mediaView } from './media-view.ts';
import { readMessageLink } from './message-links.ts';
import { emojiText, SelectBox } from './select-box.ts';
import type { Session } from './session.ts';

/** What happens when somebody uses a control of a message; resolves when it is settled. */
export type Use = (path: string, data: object) => Promise<void>;

/** What a component needs to know of where it stands. */
export interface Place {
  readonly message: PageMessage;
  readonly session: Session;
  readonly use: Use;
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

export function componentViews(components: readonly PageComponent[], place: Place): Child[] {
  return components.map((component) => componentView(component, place));
}

function componentView(component: PageComponent, place: Place): Child {
  switch (component.type) {
    case TYPE.actionRow:
      return h('div', { class: 'row' }, componentViews(component.components ?? [], place));
    case TYPE.button:
      return buttonView(component, place);
    case TYPE.section:
      return sectionView(component, place);
    case TYPE.text:
      return markdownView(component.content ?? '', place.session);
    case TYPE.thumbnail:
      return component.media && thumbnailView(component);
    case TYPE.gallery:
      return galleryView(component);
    case TYPE.file:
      return component.file && fileView(component.file, component.name, component.size);
    case TYPE.separator:
      return separatorView(component);
    case TYPE.container:
      return containerView(component, place);
    default:
      return SELECTS.has(component.type) ? selectView(component, place) : unknownView(component);
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

function sectionView(component: PageComponent, place: Place): Child {
  return h(
    'div',
    { class: 'section' },
    h('div', { class: 'section-text' }, componentViews(component.components ?? [], place)),
    component.accessory && h('div', { class: 'accessory' }, componentView(component.accessory, place)),
  );
}

function separatorView({ divider, spacing }: PageComponent): Child {
  const size = spacing === 2 ? 'large' : 'small';
  return h('div', { class: `separator ${size}${divider === false ? '' : ' line'}`, role: 'separator' });
}

function containerView(component: PageComponent, place: Place): Child {
  const { accent_color: accent } = component;
  const color = accent === undefined || accent === null ? undefined : `#${accent.toString(16).padStart(6, '0')}`;
  const view = h(
    'div',
    { class: `container${color === undefined ? '' : ' accented'}`, '--accent': color },
    componentViews(component.components ?? [], place),
  );
  if (component.spoiler === true) {
    view.classList.add('container-spoiler');
    view.addEventListener('click', () => view.classList.remove('container-spoiler'), { once: true });
  }
  return view;
}

const STYLES = ['', 'primary', 'secondary', 'success', 'danger', 'secondary', 'primary'];
const LINK = 5;

function buttonView(component: PageComponent, place: Place): HTMLElement {
  const emoji = emojiText(component.emoji);
  const inner = [emoji !== '' && h('span', { class: 'emoji' }, emoji), component.label];
  const className = `button ${STYLES[component.style ?? 2] ?? 'secondary'}`;
  if (component.style === LINK && component.disabled !== true) {
    const isHere = place.session.channelOf(readMessageLink(component.url ?? '')?.channelId ?? '') !== undefined;
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
      'data-key': `${place.message.id}:${component.custom_id}`,
    },
    inner,
  );
  button.addEventListener('click', () => {
    void busy(button, place.use('/api/press', { messageId: place.message.id, customId: component.custom_id }));
  });
  return button;
}

function selectView(component: PageComponent, place: Place): HTMLElement {
  const box = new SelectBox(component, place.session, (values) => {
    const data = { messageId: place.message.id, customId: component.custom_id, values };
    void busy(box.element, place.use('/api/select', data));
  });
  return box.element;
}

/** Shows that something is under way until it is settled; a second press meanwhile does nothing. */
async function busy(element: HTMLElement, work: Promise<void>): Promise<void> {
  element.classList.add('busy');
  element.setAttribute('aria-busy', 'true');
  await work;
  element.classList.remove('busy');
  element.removeAttribute('aria-busy');
}

function unknownView(component: PageComponent): Child {
  return h('div', { class: 'unknown' }, `A component of type ${component.type}, which this page does not show`);
}
