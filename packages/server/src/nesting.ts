import { limits } from '@parley/protocol';

/**
 * Whether a value of JSON nests deeper than anything a client has to say. Schemas that describe any JSON look into it by
 * calling themselves, so what they are given must have a bottom: 5,000 brackets would end the process.
 */
export function isTooDeep(value: unknown, levels: number = limits.maxJsonDepth): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const inner of Object.values(value)) if (isTooDeep(inner, levels - 1)) return true;
  return false;
}
