import { readPeople } from './api.ts';
import { keepAddress, onAddress } from './back.ts';
import { Composer } from './composer.ts';
import { Drawer } from './drawer.ts';
import { fill, h } from './h.ts';
import { MessageList } from './message-list.ts';
import { Panel } from './panel.ts';
import { Session } from './session.ts';
import { markOf, Sidebar } from './sidebar.ts';
import { themeSwitch } from './theme-switch.ts';
import { tickTimes } from './timestamps.ts';
import { Tour } from './tour.ts';
import { WireView } from './wire-view.ts';
import { SHOW_COMMAND, WorldControls } from './world-controls.ts';

/** `#<member>/<channel>`: where one is, kept over a reload. */
function readPlace(): readonly [userId: string, channelId: string] {
  const [, userId = '', channelId = ''] = /^#(\d+)(?:\/(\d+))?$/.exec(location.hash) ?? [];
  return [userId, channelId];
}

/** Notes in the address where one is; another channel is a step that Back leads away from. */
function keepPlace(session: Session): void {
  const [userId, channelId] = readPlace();
  const { me, channel, server } = session;
  const isStep = userId === me?.id && channelId !== '' && channelId !== session.channelId;
  keepAddress(`#${me?.id ?? ''}/${session.channelId}`, isStep);
  document.title = `#${channel?.name ?? ''} · ${server?.name ?? 'Sandbox'}`;
}

/** Goes to the channel of the address, as whoever one is. */
function goToPlace(session: Session): void {
  const [, channelId] = readPlace();
  if (channelId !== session.channelId && session.channelOf(channelId) !== undefined) void session.open(channelId);
}

async function start(): Promise<void> {
  const session = new Session();
  const world = new WorldControls(session, (jobid) => {
    if (panel.isDrawer) panel.setOpen(false);
    void list.command(SHOW_COMMAND, { job: jobid });
  });
  const wire = new WireView(session);
  const panel = new Panel([
    { name: 'World', element: world.element, onShow: () => void world.refresh() },
    { name: 'Wire', element: wire.element, onShow: () => void wire.refresh() },
  ]);
  const list = new MessageList(session, (messageId) => {
    panel.show('Wire');
    wire.showAbout(messageId);
  });
  const composer = new Composer(session, (path, options) => void list.command(path, options));
  const sidebar = new Sidebar(
    session,
    (channelId) => void session.open(channelId).then(closeDrawer),
    (userId) => void session.become(userId, session.channelId),
  );
  const tour = new Tour(session);
  const head = h('header', { class: 'channel-head' });
  const tools = h('div', { class: 'head-tools' }, tour.opener, themeSwitch(), panel.toggle);
  const main = h('main', { class: 'main' }, head, tour.element, list.element, composer.element);
  const app = h('div', { class: 'app' }, sidebar.element, main, panel.element);
  const drawer = new Drawer(app);
  const closeDrawer = () => drawer.close();
  main.addEventListener('pointerdown', (event) => {
    if (!(event.target instanceof Element && event.target.closest('.drawer-button'))) closeDrawer();
  });

  session.on((change) => {
    if (change.kind !== 'state' && change.kind !== 'channel' && change.kind !== 'connection') return;
    renderHead(head, session, () => drawer.toggle(), tools);
    if (change.kind !== 'connection') keepPlace(session);
  });
  onAddress(() => goToPlace(session));
  document.body.prepend(app);
  tickTimes();
  panel.setOpen(panel.isOpen);
  await enter(session);
  const off = session.on((change) => {
    if (change.kind !== 'channel') return;
    off();
    performance.mark('ready');
    tour.startOnce();
  });
}

function renderHead(head: HTMLElement, session: Session, toggle: () => void, tools: HTMLElement): void {
  const { channel, isConnected } = session;
  fill(
    head,
    h('button', { type: 'button', class: 'drawer-button', 'aria-label': 'Channels', onclick: toggle }, '☰'),
    h('span', { class: 'channel-mark', 'aria-hidden': 'true' }, markOf(channel?.type)),
    h('h1', {}, channel?.name ?? ''),
    channel?.topic !== undefined && h('span', { class: 'topic' }, channel.topic),
    h('span', { class: 'sandbox-tag', title: session.state?.about.join(' ') ?? '' }, 'SANDBOX'),
    !isConnected && h('span', { class: 'offline', role: 'status' }, 'Connecting…'),
    tools,
  );
}

async function enter(session: Session): Promise<void> {
  const people = await readPeople();
  const [userId, channelId] = readPlace();
  const who = people.find((member) => member.id === userId) ?? people[0];
  if (who === undefined) throw new Error('The sandbox has no members');
  await session.become(who.id, channelId);
}

start().catch((thrown: unknown) => {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  document.body.replaceChildren(
    h('p', { class: 'broken' }, `The sandbox page could not start: ${reason}. Reload to try again.`),
  );
});
