import type { Ability, ControlOrder, ControlsState } from '../server/page-controls.ts';
import { group, push, toggle } from './control-parts.ts';
import { h } from './h.ts';
import type { Session } from './session.ts';

const WORDS: readonly (readonly [Ability, string])[] = [
  ['see', 'see the channel'],
  ['write', 'write'],
  ['attach', 'attach files'],
];
const THREADS = new Set([10, 11, 12]);
const DM = 1;

/** What the bot may do in the open channel, what was taken from it elsewhere, and who refuses direct messages. */
export function abilitiesView(
  state: ControlsState,
  session: Session,
  give: (order: ControlOrder) => void,
): HTMLElement {
  return group(
    'Permissions',
    channelView(state, session, give),
    elsewhereView(state, session, give),
    dmView(state, session, give),
  );
}

function channelView(state: ControlsState, session: Session, give: (order: ControlOrder) => void) {
  const { channel } = session;
  if (channel === undefined || channel.type === DM) return undefined;
  const channelId = THREADS.has(channel.type) ? (channel.parentId ?? channel.id) : channel.id;
  const name = session.channelOf(channelId)?.name ?? channel.name;
  const taken = state.taken[channelId] ?? [];
  return [
    h('p', { class: 'control-label' }, `In #${name} the bot may`),
    WORDS.map(([ability, text]) =>
      toggle(text, !taken.includes(ability), (isAllowed) =>
        give({ order: 'set-ability', channelId, ability, isAllowed }),
      ),
    ),
  ];
}

function elsewhereView(state: ControlsState, session: Session, give: (order: ControlOrder) => void) {
  return Object.entries(state.taken)
    .filter(([channelId]) => channelId !== session.channelId && channelId !== session.channel?.parentId)
    .map(([channelId, taken]) => {
      const name = session.channelOf(channelId)?.name ?? channelId;
      const words = WORDS.filter(([ability]) => taken.includes(ability)).map(([, text]) => text);
      const giveBack = () => {
        for (const ability of taken) give({ order: 'set-ability', channelId, ability, isAllowed: true });
      };
      return h(
        'p',
        { class: 'control-note' },
        `Taken in #${name}: ${words.join(', ')} `,
        push('Give back', giveBack, `back:${channelId}`),
      );
    });
}

function dmView(state: ControlsState, { me }: Session, give: (order: ControlOrder) => void) {
  if (me === undefined) return undefined;
  const isClosed = state.closedDms.includes(me.id);
  return toggle(`${me.name} refuses direct messages`, isClosed, (wanted) =>
    give({ order: 'set-dms', userId: me.id, isClosed: wanted }),
  );
}
