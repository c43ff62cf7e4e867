import {
  type APIButtonComponent,
  type APISelectMenuOption,
  type APIStringSelectComponent,
  ButtonStyle,
  ComponentType,
} from 'discord.js';

export interface ButtonOptions {
  readonly style?: ButtonStyle.Primary | ButtonStyle.Secondary | ButtonStyle.Success | ButtonStyle.Danger;
  readonly isDisabled?: boolean;
}

export function button(customId: string, label: string, options: ButtonOptions = {}): APIButtonComponent {
  return {
    type: ComponentType.Button,
    style: options.style ?? ButtonStyle.Secondary,
    custom_id: customId,
    label,
    ...(options.isDisabled === true && { disabled: true }),
  };
}

export function stringSelect(
  customId: string,
  placeholder: string,
  options: APISelectMenuOption[],
  isDisabled = false,
): APIStringSelectComponent {
  return {
    type: ComponentType.StringSelect,
    custom_id: customId,
    placeholder,
    options,
    ...(isDisabled && { disabled: true }),
  };
}
