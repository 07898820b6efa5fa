import { stderr, stdin } from 'node:process';
import { UsageError } from '../options.ts';

const enter = new Set(['\r', '\n']);
const ctrlC = '\u0003';
const ctrlD = '\u0004';
const backspace = new Set(['\u007f', '\b']);

/**
 * Asks on the terminal, without showing what is typed.
 * @throws UsageError where there is no terminal to ask on
 */
export async function askPassword(name: string): Promise<string> {
  return ask(`Password of ${name}`, `Say --as ${name}:PASSWORD.`);
}

/**
 * Asks for a code of somebody's authenticator app, or one of their recovery codes.
 * @throws UsageError where there is no terminal to ask on
 */
export async function askCode(name: string): Promise<string> {
  const code = await ask(
    `Code of ${name}'s authenticator app, or a recovery code`,
    'Make a token in the settings of the web client, under Tokens, and set PARLEY_TOKEN.',
  );
  return code.trim();
}

/** @param instead what to do where there is no terminal */
async function ask(what: string, instead: string): Promise<string> {
  if (!stdin.isTTY)
    throw new UsageError(
      `There is no terminal to ask for the ${what[0]?.toLowerCase()}${what.slice(1)} on. ${instead}`,
    );
  // First of all: what is typed as soon as the question is there must not be shown either.
  stdin.setRawMode(true);
  stderr.write(`${what}: `);
  stdin.setEncoding('utf8');
  stdin.resume();
  try {
    return await new Promise<string>((resolve, reject) => {
      let typed = '';
      const take = (chunk: string): void => {
        for (const char of chunk) {
          if (char === ctrlC || char === ctrlD || enter.has(char)) {
            stdin.off('data', take);
            if (enter.has(char)) resolve(typed);
            else reject(new UsageError('Nothing was given.'));
            return;
          }
          if (backspace.has(char)) typed = Array.from(typed).slice(0, -1).join('');
          else typed += char;
        }
      };
      stdin.on('data', take);
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}
