import { Button } from '../ui/button.tsx';
import { Spinner } from '../ui/spinner.tsx';

export interface PanelLoadingProps {
  /** Said while it lasts. */
  readonly label: string;
  /** Why it failed, if it did. */
  readonly error: string | undefined;
  readonly retry: () => void;
}

/** What a panel shows until it has what it shows. */
export function PanelLoading({ label, error, retry }: PanelLoadingProps) {
  if (error === undefined)
    return (
      <div class="panel-centre">
        <Spinner label={label} />
      </div>
    );
  return (
    <div class="panel-centre" role="alert">
      <p>{error}</p>
      <Button icon="retry" onClick={retry}>
        Try again
      </Button>
    </div>
  );
}
