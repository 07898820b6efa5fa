import { clearLine, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A terminal with a line to type on at the bottom and what happens above it. */
export class Screen {
  readonly #output: Writable;
  readonly #lines: Interface;

  constructor(input: Readable, output: Writable) {
    this.#output = output;
    this.#lines = createInterface({ input, output, terminal: true, prompt: '> ', historySize: 100 });
    this.#lines.on('SIGINT', () => this.#lines.close());
    // What was typed comes back as a message, with its number: once is enough.
    this.#lines.on('line', () => {
      moveCursor(output, 0, -1);
      clearLine(output, 0);
      cursorTo(output, 0);
    });
    this.ask();
  }

  /** Shows the prompt and what is typed so far. */
  ask(): void {
    this.#lines.prompt(true);
  }

  /** Lines as they are typed; ends with `close`, Ctrl-C and Ctrl-D. */
  typed(): AsyncIterable<string> {
    return this.#lines;
  }

  /** What stands on the line at this moment. */
  get line(): string {
    return this.#lines.line;
  }

  write(text: string): void {
    clearLine(this.#output, 0);
    cursorTo(this.#output, 0);
    this.#output.write(`${text}\n`);
    this.ask();
  }

  set prompt(prompt: string) {
    if (this.#lines.getPrompt() === prompt) return;
    this.#lines.setPrompt(prompt);
    this.ask();
  }

  /** Puts a text on the line, to be changed. */
  type(text: string): void {
    this.#lines.write(text);
  }

  close(): void {
    this.#lines.close();
  }
}
