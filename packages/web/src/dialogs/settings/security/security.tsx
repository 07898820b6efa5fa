import './security.css';
import { Authenticator } from './authenticator.tsx';
import { Email } from './email.tsx';
import { Passkeys } from './passkeys.tsx';
import { SingleSignOn } from './single-sign-on.tsx';

/** How one signs in beside the password, and what helps when it is forgotten. */
export const Security = () => (
  <>
    <Passkeys />
    <Authenticator />
    <SingleSignOn />
    <Email />
  </>
);
