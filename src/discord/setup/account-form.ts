import {
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  type APITextInputComponent,
  ComponentType,
  TextInputStyle,
} from 'discord.js';
import { OWN_KINDS, OwnKind } from '../../jobs/own-accounts/own-account.ts';
import type { OwnAccountInput } from '../../jobs/own-accounts/own-account-input.ts';
import { accountForm } from './setup-controls.ts';
import { ACCOUNT } from './words.ts';

/** What the form may be filled in with: never a secret. */
export type AccountDraft = Omit<OwnAccountInput, 'secret'>;

const MAX_SECRET = 1_000;
const MAX_ADDRESS = 300;
const MAX_MODEL = 60;

/** The form of the server's own account, filled in with what is known but its secret. */
export function toAccountForm(draft: AccountDraft | undefined): APIModalInteractionResponseCallbackData {
  return {
    custom_id: accountForm.toCustomId({}),
    title: ACCOUNT.formTitle,
    components: [
      toKindField(draft?.kind ?? 'useapi'),
      toTextField(ACCOUNT.address, { custom_id: 'address', max_length: MAX_ADDRESS, required: false }, draft?.url),
      toTextField(ACCOUNT.secret, { custom_id: 'secret', max_length: MAX_SECRET, required: true }, undefined),
      toTextField(ACCOUNT.model, { custom_id: 'model', max_length: MAX_MODEL, required: false }, draft?.model),
    ],
  };
}

/** What was typed. */
export function readAccountForm(fields: Readonly<Record<string, string>>): OwnAccountInput {
  const kind = OwnKind.safeParse(fields['kind']).data ?? 'useapi';
  return { kind, url: fields['address'], secret: fields['secret'] ?? '', model: fields['model'] };
}

function toKindField(kind: OwnKind): APILabelComponent {
  return {
    type: ComponentType.Label,
    label: ACCOUNT.kind,
    component: {
      type: ComponentType.StringSelect,
      custom_id: 'kind',
      required: true,
      options: OWN_KINDS.map((value) => ({ label: ACCOUNT.kinds[value], value, default: value === kind })),
    },
  };
}

type Field = Pick<APITextInputComponent, 'custom_id' | 'max_length' | 'required'>;

function toTextField(
  { label, hint }: { readonly label: string; readonly hint: string },
  field: Field,
  value: string | undefined,
): APILabelComponent {
  const isSound = value !== undefined && value !== '' && value.length <= (field.max_length ?? 0);
  return {
    type: ComponentType.Label,
    label,
    description: hint,
    component: {
      type: ComponentType.TextInput,
      style: TextInputStyle.Short,
      ...field,
      ...(isSound && { value: value.toWellFormed() }),
    },
  };
}
