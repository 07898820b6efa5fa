import { env } from 'node:process';
import { engineStatuses } from '../../../scripts/engines/status.ts';

/** An engine that a test needs: where it is, or why the test is skipped. */
export interface EngineForTest {
  /** Empty when there is none. */
  readonly url: string;
  /** For `describe(…, { skip })`: false, or the reason and its mend. */
  readonly skip: string | false;
}

/**
 * The engine to test against: `PARLEY_TEST_<NAME>_URL`, else the one that `npm run engines -- up NAME` started.
 * @throws Error when there is none although `PARLEY_REQUIRE_ENGINES=1` says that nothing may be skipped
 */
export function engineForTest(name: string): EngineForTest {
  const url = engineUrl(name);
  if (url !== undefined) return { url, skip: false };
  const reason = `${name} is not running: npm run engines -- up ${name}`;
  if (env['PARLEY_REQUIRE_ENGINES'] === '1') throw new Error(reason);
  return { url: '', skip: reason };
}

/** Where the engine is, if anywhere. */
export function engineUrl(name: string): string | undefined {
  const given = env[`PARLEY_TEST_${name.toUpperCase()}_URL`];
  if (given !== undefined && given !== '') return given;
  return engineStatuses().find((engine) => engine.name === name && engine.isRunning)?.url;
}
