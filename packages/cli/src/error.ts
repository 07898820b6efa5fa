/** Something the person at the terminal can mend. Its message is shown alone, without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError';
}
