import './app.css';
import { AuthPage } from '../auth/auth-page.tsx';
import { phase } from '../state/session.ts';
import { Button } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { retry } from './boot.ts';
import { Shell } from './shell.tsx';
import { Toasts } from './toasts.tsx';

export const App = () => (
  <>
    <Page />
    <Toasts />
  </>
);

function Page() {
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
