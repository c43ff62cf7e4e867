import { cpus, loadavg } from 'node:os';
import type { MeasuredTable } from './measurement.ts';

/** The tables as Markdown, with where and how busy the machine was when they were measured. */
export function toSection(measured: MeasuredTable | readonly MeasuredTable[], conditions: string): string {
  const tables = [measured].flat().map(toText);
  return `${tables.join('\n\n')}\n- ${conditions}`;
}

function toText({ head, rows, notes }: MeasuredTable): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [...lines, '', ...notes.map((note) => `- ${note}`)].join('\n');
}

/** Day, machine and load at the moment of the call: taken before a measurement, so that it shows what else ran. */
export function describeConditions(now: Date): string {
  const [cpu] = cpus();
  const machine = `${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}`;
  const [lastMinute = 0] = loadavg();
  const day = now.toISOString().slice(0, 10);
  return `Measured on ${day}: ${machine}, ${process.platform} ${process.arch}, Node ${process.versions.node}; load average before the run ${lastMinute.toFixed(1)}.`;
}

/**
 * The document with the text between a measurement's markers replaced. @throws Error where the markers are not there.
 */
export function replaceSection(document: string, name: string, section: string): string {
  const opening = `<!-- bench:${name} -->`;
  const closing = `<!-- /bench:${name} -->`;
  const from = document.indexOf(opening);
  const to = document.indexOf(closing);
  if (from === -1 || to < from) throw new Error(`The markers of ${name} are missing.`);
  return `${document.slice(0, from + opening.length)}\n${section}\n${document.slice(to)}`;
}
