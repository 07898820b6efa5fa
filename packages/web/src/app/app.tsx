import './app.css';
import { AuthPage } from '../auth/auth-page.tsx';
import { route } from '../state/router.ts';
import { phase } from '../state/session.ts';
import { Button } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { lazily } from '../ui/lazily.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { retry } from './boot.ts';
import { Shell } from './shell.tsx';
import { Toasts } from './toasts.tsx';

const ResetPage = lazily(async () => (await import('../auth/reset-page.tsx')).ResetPage);
const VerifyPage = lazily(async () => (await import('../auth/verify-page.tsx')).VerifyPage);

export const App = () => (
  <>
    <Page />
    <Toasts />
  </>
);

function Page() {
  // Whoever follows a link of a mail may be signed in or not, as somebody else too.
  const { page } = route.value;
  if (page === 'reset') return <ResetPage />;
  if (page === 'verify') return <VerifyPage />;
  switch (phase.value) {
    case 'loading':
      return (
        <main class="app-centre">
          <Spinner label="Loading" />
        </main>
      );
    case 'unreachable':
      return (
        <main class="app-centre">
          <Empty
            icon="alert"
            title="The server cannot be reached"
            text="Perhaps it is restarting, or this device is offline. Nothing is lost."
          >
            <Button kind="primary" icon="retry" onClick={retry}>
              Try again
            </Button>
          </Empty>
        </main>
      );
    case 'out':
      return <AuthPage />;
    case 'in':
      return <Shell />;
  }
}
