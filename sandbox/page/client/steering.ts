import type { ControlOrder, ControlsState } from '../server/page-controls.ts';
import type { WireEntry, WireLine } from '../server/page-wire.ts';
import { postJson, read } from './api.ts';

export function readControls(): Promise<ControlsState> {
  return read('/api/controls');
}

/** Carries out an order; throws with a sentence where it cannot be. */
export async function postOrder(order: ControlOrder): Promise<ControlsState> {
  return (await postJson('/api/controls', order)).json() as Promise<ControlsState>;
}

/** What the wire view asks for. */
export interface WireWish {
  readonly text: string;
  readonly about: string;
  readonly side: string;
}

export function readWire(wish: WireWish): Promise<{ readonly lines: readonly WireLine[]; readonly kept: number }> {
  return read('/api/wire', { ...wish });
}

export function readWireEntry(id: number): Promise<WireEntry> {
  return read(`/api/wire/${id}`);
}
