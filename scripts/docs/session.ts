import { setTimeout as pause } from 'node:timers/promises';

/** A line of the session in `docs/protocol.md`. */
export type Step =
  | {
      readonly type: 'request';
      readonly who: string;
      readonly method: string;
      readonly path: string;
      readonly body: unknown;
    }
  | { readonly type: 'answer'; readonly who: string; readonly status: number; readonly body: unknown }
  | { readonly type: 'sent'; readonly who: string; readonly frame: unknown }
  | { readonly type: 'received'; readonly who: string; readonly frame: unknown }
  | { readonly type: 'cut'; readonly who: string };

/** The lines of the page's session. */
export function sessionOf(page: string): readonly Step[] {
  const block = /```session\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  return block
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(stepOf);
}

function stepOf(line: string): Step {
  const [, who = '', mark = '', rest = ''] = /^(\w+) ([><→←×]) ?(.*)$/.exec(line) ?? [];
  const jsonAfter = (text: string): unknown => (text === '' ? undefined : JSON.parse(text));
  const [, first = '', second = '', third = ''] = /^(\S+) ?(\S*) ?(.*)$/.exec(rest) ?? [];
  switch (mark) {
    case '>':
      return { type: 'request', who, method: first, path: second, body: jsonAfter(third) };
    case '<':
      return { type: 'answer', who, status: Number(first), body: jsonAfter(rest.slice(first.length).trim()) };
    case '→':
      return { type: 'sent', who, frame: JSON.parse(rest) };
    case '←':
      return { type: 'received', who, frame: JSON.parse(rest) };
    case '×':
      return { type: 'cut', who };
    default:
      throw new Error(`This is no line of a session: ${line}`);
  }
}

/** How long an answer may take before the page counts as wrong. */
const patienceMs = 10_000;
/** What the server makes, so that it differs each time: ids of people, tokens, ids of sessions, codes of invitations. */
const isMade = (key: string, value: unknown): value is string =>
  typeof value === 'string' && (/^(?:u_[0-9a-z]{26}|pt_\S{43})$/.test(value) || key === 'session' || key === 'code');
const isTime = (value: unknown): boolean => typeof value === 'number' && value > 1e12;

/** Plays the client lines of a session against a server and compares what comes with what the page says. */
export class Replay {
  readonly #url: string;
  /** The page's example for something the server makes → what it is this time. */
  readonly #actual = new Map<string, string>();
  readonly #sockets = new Map<string, { readonly socket: WebSocket; readonly unclaimed: unknown[] }>();
  readonly #tokens = new Map<string, string>();
  #answer: { readonly status: number; readonly body: unknown } | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  async step(step: Step): Promise<void> {
    switch (step.type) {
      case 'request':
        return this.#request(step);
      case 'answer':
        if (this.#answer?.status !== step.status || !this.#fits('', step.body, this.#answer.body))
          throw new Error(`The page says ${shown(step)}, the server said ${shown(this.#answer)}`);
        this.#keepToken(step.who);
        return;
      case 'sent':
        (await this.#open(step.who)).socket.send(JSON.stringify(this.#told(step.frame)));
        return;
      case 'received':
        return this.#receive(step);
      case 'cut':
        this.#sockets.get(step.who)?.socket.close();
        this.#sockets.delete(step.who);
    }
  }

  /** Frames that came and that the page does not mention. */
  get unmentioned(): readonly unknown[] {
    return [...this.#sockets.values()].flatMap(({ unclaimed }) => unclaimed);
  }

  close(): void {
    for (const { socket } of this.#sockets.values()) socket.close();
  }

  async #request({ who, method, path, body }: Extract<Step, { type: 'request' }>): Promise<void> {
    const token = this.#tokens.get(who);
    const response = await fetch(`${this.#url}${String(this.#told(path))}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(this.#told(body)) }),
    });
    const text = await response.text();
    this.#answer = { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  async #receive(step: Extract<Step, { type: 'received' }>): Promise<void> {
    const { unclaimed } = await this.#open(step.who);
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const index = unclaimed.findIndex((frame) => this.#fits('', step.frame, frame));
      if (index >= 0) {
        unclaimed.splice(index, 1);
        return;
      }
      if (Date.now() > deadline)
        throw new Error(`The page says ${shown(step)}; what came and is not yet on the page: ${shown(unclaimed)}`);
      await pause(5);
    }
  }

  async #open(who: string) {
    const known = this.#sockets.get(who);
    if (known !== undefined) return known;
    const socket = new WebSocket(`${this.#url.replace(/^http/, 'ws')}/ws`, 'parley.v1');
    const opened = { socket, unclaimed: [] as unknown[] };
    socket.addEventListener('message', ({ data }) => opened.unclaimed.push(JSON.parse(String(data))));
    this.#sockets.set(who, opened);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true });
      socket.addEventListener('error', reject, { once: true });
    });
    return opened;
  }

  #keepToken(who: string): void {
    const body = this.#answer?.body;
    if (typeof body === 'object' && body !== null && 'token' in body) this.#tokens.set(who, String(body.token));
  }

  /** Something of the page in the terms of this time. */
  #told(value: unknown): unknown {
    let text = JSON.stringify(value);
    for (const [example, actual] of this.#actual) text = text.replaceAll(example, actual);
    return JSON.parse(text);
  }

  /** Whether a value is what the page says, field by field. Only where all of it fits are new examples learnt. */
  #fits(key: string, example: unknown, actual: unknown): boolean {
    const learnt = new Map<string, string>();
    if (!this.#compare(key, example, actual, learnt)) return false;
    for (const [one, other] of learnt) this.#actual.set(one, other);
    return true;
  }

  #compare(key: string, example: unknown, actual: unknown, learnt: Map<string, string>): boolean {
    if (Array.isArray(example)) {
      return (
        Array.isArray(actual) &&
        example.length === actual.length &&
        example.every((one, index) => this.#compare(key, one, actual[index], learnt))
      );
    }
    if (typeof example === 'object' && example !== null) {
      if (typeof actual !== 'object' || actual === null) return false;
      const fields = new Map(Object.entries(actual));
      const names = Object.keys(example);
      return (
        names.length === fields.size &&
        Object.entries(example).every(
          ([name, one]) => fields.has(name) && this.#compare(name, one, fields.get(name), learnt),
        )
      );
    }
    if (isTime(example)) return isTime(actual);
    if (isMade(key, example)) {
      const known = this.#actual.get(example) ?? learnt.get(example);
      if (known !== undefined) return known === actual;
      if (typeof actual !== 'string' || !isMade(key, actual)) return false;
      learnt.set(example, actual);
      return true;
    }
    if (typeof example !== 'string') return example === actual;
    let told = example;
    for (const [one, other] of [...this.#actual, ...learnt]) told = told.replaceAll(one, other);
    return told === actual;
  }
}

const shown = (value: unknown): string => JSON.stringify(value);
