import type { APIModalInteractionResponseCallbackData, APISelectMenuOption } from 'discord.js';
import type { Answer } from './answer.ts';
import { type ButtonOptions, button, stringSelect } from './carriers.ts';
import { type ArgShape, type ArgValues, parseArgTexts, requireArgs, toArgTexts } from './control-args.ts';
import { encodeCustomId, parseCustomId } from './custom-id.ts';
import type {
  Acknowledgement,
  Control,
  ControlCall,
  Form,
  FormAcknowledgement,
  FormCall,
  Requirement,
} from './handlers.ts';

/** What a control says of itself; its handler is added where what it needs is at hand. */
export interface ControlShape<S extends ArgShape, A> {
  /** The first part of the custom id; never changed, because messages that carry it stay. */
  readonly name: string;
  /** The id's arguments by name, in their order; new ones go to the end. */
  readonly args: S;
  readonly requires: Requirement;
  readonly acknowledges: A;
}

/** A call whose arguments are read and named. */
export type Named<Call, S extends ArgShape> = Call & { readonly args: ArgValues<S> };

/** One kind of button, select or form: writes and reads its custom ids, and makes what carries them. */
export class ControlDefinition<S extends ArgShape, A extends Acknowledgement | FormAcknowledgement> {
  readonly shape: ControlShape<S, A>;

  constructor(shape: ControlShape<S, A>) {
    this.shape = shape;
  }

  /** @throws AppError over 100 characters, or where a text holds a colon: a mistake of ours, never of a person. */
  toCustomId(values: ArgValues<S>): string {
    return encodeCustomId(this.shape.name, ...toArgTexts(this.shape.args, values));
  }

  toButton(values: ArgValues<S>, label: string, options?: ButtonOptions) {
    return button(this.toCustomId(values), label, options);
  }

  toSelect(values: ArgValues<S>, placeholder: string, options: APISelectMenuOption[], isDisabled = false) {
    return stringSelect(this.toCustomId(values), placeholder, options, isDisabled);
  }

  /** The arguments of a custom id; undefined where it is of another control. */
  parse(customId: string): ArgValues<S> | undefined {
    const { name, texts } = parseCustomId(customId);
    return name === this.shape.name ? parseArgTexts(this.shape.args, texts) : undefined;
  }

  /** The call with its arguments by name. @throws UserError where one is missing: the id is from another version. */
  read<Call extends { readonly customId: string }>(call: Call): Named<Call, S> {
    return { ...call, args: requireArgs(this.shape.args, parseCustomId(call.customId).texts) };
  }
}

/** A button that nobody can click: its custom id says later what its message is about. */
export class TagDefinition<S extends ArgShape> {
  readonly name: string;
  readonly args: S;

  constructor({ name, args }: { readonly name: string; readonly args: S }) {
    this.name = name;
    this.args = args;
  }

  /** @throws AppError over 100 characters, or where a text holds a colon. */
  toButton(values: ArgValues<S>, label: string) {
    return button(encodeCustomId(this.name, ...toArgTexts(this.args, values)), label, { isDisabled: true });
  }
}

/** A control that is replied to by a message. */
export function onControl<S extends ArgShape>(
  control: ControlDefinition<S, Acknowledgement>,
  run: (call: Named<ControlCall, S>) => Promise<Answer>,
): Control {
  const { name, requires, acknowledges } = control.shape;
  return { name, requires, acknowledges, run: (call) => run(control.read(call)) };
}

type Open<S extends ArgShape, Data> = (call: Named<ControlCall, S>) => Data;
type FormData = APIModalInteractionResponseCallbackData;

/** A control that opens a form, made from memory. */
export function onOpener<S extends ArgShape>(control: ControlDefinition<S, 'form'>, open: Open<S, FormData>): Control {
  const { name, requires, acknowledges } = control.shape;
  return { name, requires, acknowledges, open: (call) => open(control.read(call)) };
}

/** A control that opens a form, made from memory, or is replied to where it needs none. */
export function onFormOrControl<S extends ArgShape>(
  control: ControlDefinition<S, 'form-or-beside'>,
  open: Open<S, FormData | undefined>,
  run: (call: Named<ControlCall, S>) => Promise<Answer>,
): Control {
  const { name, requires, acknowledges } = control.shape;
  return {
    name,
    requires,
    acknowledges,
    open: (call) => open(control.read(call)),
    run: (call) => run(control.read(call)),
  };
}

/** A form that was sent in. */
export function onForm<S extends ArgShape>(
  form: ControlDefinition<S, Acknowledgement>,
  run: (call: Named<FormCall, S>) => Promise<Answer>,
): Form {
  const { name, requires, acknowledges } = form.shape;
  return { name, requires, acknowledges, run: (call) => run(form.read(call)) };
}
