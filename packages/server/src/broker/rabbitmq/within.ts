/** For a close that waits for the server's answer: one that does not answer must not keep a node from ending. */
export const closeTimeoutMs = 2_000;

/** @throws Error when the work takes longer; what becomes of it then is nobody's business */
export async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1_000} s`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
