/** Time as a port, so that a whole cluster can run in one process on a virtual clock. */
export interface Clock {
  /** Milliseconds since 1970: for what people and other nodes see. May be set, back too, at any moment. */
  now(): number;
  /** Milliseconds since some beginning, by a clock that nobody sets: for deadlines and everything else that is a duration. */
  elapsed(): number;
  /** Calls back once after `ms`. Does not keep the process alive. */
  after(ms: number, callback: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
