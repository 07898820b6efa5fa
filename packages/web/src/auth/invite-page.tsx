import { useEffect, useState } from 'preact/hooks';
import { rest } from '../state/api.ts';
import { navigate } from '../state/router.ts';
import { sentenceOf } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { AuthFrame } from './auth-frame.tsx';
import { SignUpForm } from './sign-up.tsx';
import { Switch } from './switch.tsx';

type Answer = { readonly isValid: boolean; readonly invitedBy?: string } | { readonly problem: string };

/** Where an invitation link leads. */
export function InvitePage({ code, server }: { code: string; server: string }) {
  const [answer, setAnswer] = useState<Answer>();
  useEffect(() => {
    rest.invite(code).then(setAnswer, (error: unknown) => setAnswer({ problem: sentenceOf(error) }));
  }, [code]);
  const signIn = () => navigate('/', { replace: true });
  if (answer === undefined)
    return (
      <main class="app-centre">
        <Spinner label="Looking at the invitation" />
      </main>
    );
  if ('problem' in answer || !answer.isValid)
    return (
      <AuthFrame
        title="This invitation does not work"
        lead={
          'problem' in answer
            ? answer.problem
            : 'It is used up, expired or withdrawn. Ask whoever sent it for a new one.'
        }
      >
        <Button onClick={signIn}>To the sign-in page</Button>
      </AuthFrame>
    );
  const inviter = answer.invitedBy ?? 'Somebody';
  return (
    <AuthFrame
      title={`Join ${server}`}
      lead={`${inviter} invites you. Make an account, and you are in.`}
      foot={<Switch text="Have an account already?" action="Sign in" run={signIn} />}
    >
      <SignUpForm action="Accept the invitation" invite={code} />
    </AuthFrame>
  );
}
