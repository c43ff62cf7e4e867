import type { ButtonNeed } from './contract.ts';

/** What Midjourney asks for when a button is pressed; names never seen before need nothing. */
export function needsOf(button: string): ButtonNeed {
  if (button === 'Custom Zoom') return 'prompt';
  return button === 'Vary (Region)' ? 'mask' : 'nothing';
}
