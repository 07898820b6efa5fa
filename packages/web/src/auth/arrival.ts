import { type ErrorCode, errorCatalogue } from '@parley/client';

/** What single sign-on brought back behind the # of the address: a code is asked for, or it did not work. */
export interface Arrival {
  readonly challenge?: string;
  readonly problem?: string;
}

const isCode = (code: string): code is ErrorCode => Object.hasOwn(errorCatalogue, code);

/** Reads it once and takes it out of the address, where somebody could see it. */
export function takeArrival(): Arrival {
  const told = new URLSearchParams(location.hash.slice(1));
  const [challenge, code] = [told.get('challenge'), told.get('error')];
  if (location.pathname !== '/signin' || (challenge === null && code === null)) return {};
  history.replaceState(null, '', '/');
  if (challenge !== null) return { challenge };
  return { problem: errorCatalogue[code !== null && isCode(code) ? code : 'sso-refused'].sentence };
}
