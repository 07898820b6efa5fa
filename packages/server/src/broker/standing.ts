/** So many beats in a row must say that an instance cannot work before others get its share: one slow answer is no reason. */
const unfitAfterBeats = 3;
/**
 * And somebody must have been able to for so many. A store that comes back to everybody does not do so at one moment: the
 * first whom it answers would be given everything, and have to hand most of it back.
 */
const steadyAfterBeats = 5;

/** What an instance has been saying of whether it can do the work of its share, counted in its own beats. */
export class Standing {
  #canWork: boolean | undefined;
  #since = 0;
  #last = 0;

  heard(number: number, canWork: boolean): void {
    if (canWork !== this.#canWork) this.#since = number;
    this.#canWork = canWork;
    this.#last = number;
  }

  get isUnfit(): boolean {
    return this.#canWork === false && this.#last - this.#since >= unfitAfterBeats;
  }

  get isSteady(): boolean {
    return this.#canWork === true && this.#last - this.#since >= steadyAfterBeats;
  }
}

/** Those of the candidates who are to work: all, unless some cannot while another can. */
export function fitOf(candidates: ReadonlyMap<string, Standing>): readonly string[] {
  const all = [...candidates.keys()].toSorted();
  const isAnybodySteady = [...candidates.values()].some(({ isSteady }) => isSteady);
  return isAnybodySteady ? all.filter((instance) => candidates.get(instance)?.isUnfit !== true) : all;
}
