import { useState } from 'preact/hooks';
import { wasSignedOut } from '../app/boot.ts';
import { route } from '../state/router.ts';
import { about } from '../state/session.ts';
import { AuthFrame } from './auth-frame.tsx';
import { Forgot } from './forgot.tsx';
import { InvitePage } from './invite-page.tsx';
import { SignInForm } from './sign-in.tsx';
import { SignUpForm } from './sign-up.tsx';
import { Switch } from './switch.tsx';

/** What somebody who is not signed in sees: the first account of an empty server, an invitation, or the door. */
export function AuthPage() {
  const server = about.value;
  const [isNew, setNew] = useState(false);
  const [hasForgotten, setForgotten] = useState(false);
  const at = route.value;
  const name = server?.name ?? 'Parley';
  if (server?.hasOwner === false)
    return (
      <AuthFrame
        title={`Welcome to ${name}`}
        lead="This server is new and nobody is here yet. Make the first account: it will be the owner’s, and can invite everybody else."
      >
        <SignUpForm action="Make the owner’s account" />
      </AuthFrame>
    );
  if (at.page === 'invite') return <InvitePage code={at.code} server={name} />;
  if (isNew)
    return (
      <AuthFrame
        title={`Join ${name}`}
        lead="Make an account, and you are in."
        foot={<Switch text="Have an account already?" action="Sign in" run={() => setNew(false)} />}
      >
        <SignUpForm action="Make an account" />
      </AuthFrame>
    );
  if (hasForgotten)
    return (
      <AuthFrame
        title="A new password"
        lead="A link to choose one is sent to the address of your account."
        foot={<Switch text="Remembered it?" action="Sign in" run={() => setForgotten(false)} />}
      >
        <Forgot />
      </AuthFrame>
    );
  return (
    <AuthFrame
      title={`Sign in to ${name}`}
      lead={wasSignedOut() ? 'You were signed out. Sign in to go on where you were.' : 'Good to see you.'}
      foot={
        <>
          {server?.registration === 'open' ? (
            <Switch text="New here?" action="Make an account" run={() => setNew(true)} />
          ) : server?.registration === 'invite' ? (
            'New here? Ask somebody who is in for an invitation link.'
          ) : (
            'This server takes no new accounts.'
          )}
          <br />
          {server?.resetsByMail === true ? (
            <Switch text="Forgotten your password?" action="Get a new one" run={() => setForgotten(true)} />
          ) : (
            'Forgotten your password? An administrator can give you a link.'
          )}
        </>
      }
    >
      <SignInForm />
    </AuthFrame>
  );
}
