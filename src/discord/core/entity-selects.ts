import {
  type APIChannelSelectComponent,
  type APIRoleSelectComponent,
  type ChannelType,
  ComponentType,
  SelectMenuDefaultValueType,
} from 'discord.js';

export interface EntitySelectOptions {
  readonly placeholder: string;
  /** What is picked already; no more than `max`. */
  readonly pickedIds: readonly string[];
  /** How many can be picked; none can always be. */
  readonly max: number;
}

/** A select in which Discord offers the server's roles. */
export function roleSelect(
  customId: string,
  { placeholder, pickedIds, max }: EntitySelectOptions,
): APIRoleSelectComponent {
  return {
    type: ComponentType.RoleSelect,
    custom_id: customId,
    placeholder,
    min_values: 0,
    max_values: max,
    ...(pickedIds.length > 0 && {
      default_values: pickedIds.map((id) => ({ id, type: SelectMenuDefaultValueType.Role })),
    }),
  };
}

/** A select in which Discord offers the server's channels of some types. */
export function channelSelect(
  customId: string,
  { placeholder, pickedIds, max, types }: EntitySelectOptions & { readonly types: readonly ChannelType[] },
): APIChannelSelectComponent {
  return {
    type: ComponentType.ChannelSelect,
    custom_id: customId,
    placeholder,
    min_values: 0,
    max_values: max,
    channel_types: [...types],
    ...(pickedIds.length > 0 && {
      default_values: pickedIds.map((id) => ({ id, type: SelectMenuDefaultValueType.Channel })),
    }),
  };
}
