import { ComponentKind } from '../discord-numbers.ts';
import { type JsonObject, toNumber, toObjects } from '../json.ts';
import type { ResolvedBuilder } from '../world/resolved.ts';
import { PersonError } from './person-error.ts';

const Kind = ComponentKind;

/** Refuses values that a select does not offer, or too few or too many of them; resolves ids. */
export function checkSelectValues(component: JsonObject, values: readonly string[], resolved: ResolvedBuilder): void {
  const isOptional = component['required'] === false;
  const isSkipped = isOptional && values.length === 0;
  const min = toNumber(component['min_values']) ?? (component['type'] === Kind.CheckboxGroup && isOptional ? 0 : 1);
  const max = toNumber(component['max_values']) ?? (component['type'] === Kind.CheckboxGroup ? 10 : 1);
  if (!isSkipped && (values.length < min || values.length > max)) {
    throw new PersonError('invalid-value', `Choose ${min} to ${max}`);
  }
  if (new Set(values).size !== values.length) throw new PersonError('invalid-value', 'A value was chosen twice');
  const wrong = values.find((value) => !isOffered(component, value, resolved));
  if (wrong !== undefined) throw new PersonError('invalid-value', `${wrong} cannot be chosen here`);
}

function isOffered(component: JsonObject, value: string, resolved: ResolvedBuilder): boolean {
  switch (component['type']) {
    case Kind.UserSelect:
      return resolved.addUser(value);
    case Kind.RoleSelect:
      return resolved.addRole(value);
    case Kind.MentionableSelect:
      return resolved.addUser(value) || resolved.addRole(value);
    case Kind.ChannelSelect: {
      const types = Array.isArray(component['channel_types']) ? component['channel_types'].map(Number) : [];
      return resolved.addChannel(value, types);
    }
    default:
      return toObjects(component['options']).some((option) => option['value'] === value);
  }
}
