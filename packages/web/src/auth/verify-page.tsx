import { useEffect, useState } from 'preact/hooks';
import { rest } from '../state/api.ts';
import { sentenceOf } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { AuthFrame } from './auth-frame.tsx';

/** Where the link that proves an address leads. */
export function VerifyPage() {
  const [problem, setProblem] = useState<string | null>();
  useEffect(() => {
    const token = location.hash.slice(1);
    history.replaceState(null, '', location.pathname);
    rest.confirmEmail(token).then(
      () => setProblem(null),
      (error: unknown) => setProblem(sentenceOf(error)),
    );
  }, []);
  if (problem === undefined)
    return (
      <main class="app-centre">
        <Spinner label="Confirming your address" />
      </main>
    );
  return (
    <AuthFrame
      title={problem === null ? 'The address is yours' : 'This did not work'}
      lead={problem ?? 'From now on you can have a new password sent there.'}
    >
      <Button kind="primary" onClick={() => location.assign('/')}>
        Go on
      </Button>
    </AuthFrame>
  );
}
