/** Everything that happens in a run, as a hash that two runs of a seed must share; on request also as lines to read. */
export class Trace {
  /** Filled while it is set: one line for each thing that happened. */
  lines: string[] | undefined;
  #hash = 0x811c9dc5;

  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  /** @param at virtual milliseconds */
  note(at: number, who: string, what: string): void {
    this.#mixNumber(at);
    this.#mix(who);
    this.#mix(what);
    this.detail(at, who, () => what);
  }

  /** For readers only: costs nothing where nobody reads. */
  detail(at: number, who: string, what: () => string): void {
    this.lines?.push(`${at.toFixed(2).padStart(10)}  ${who.padEnd(12)}  ${what()}`);
  }

  /** By its bits: writing a fraction as text takes longer than all the rest. */
  #mixNumber(value: number): void {
    const whole = Math.floor(value);
    this.#hash = Math.imul(Math.imul(this.#hash ^ whole, 0x01000193) ^ ((value - whole) * 2 ** 32), 0x01000193);
  }

  /** FNV-1a, 32 bits, going on from what was before. */
  #mix(text: string): void {
    let hash = this.#hash;
    for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    this.#hash = hash;
  }
}
