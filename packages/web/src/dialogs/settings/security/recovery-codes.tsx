import { Button } from '../../../ui/button.tsx';
import { CopyButton } from '../copy-button.tsx';

/** Codes for when the app is lost, told once. */
export const RecoveryCodes = ({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) => (
  <>
    <p class="settings-text" role="status">
      Keep these where you find them without your telephone. Each works once in the place of a code. They are not shown
      again.
    </p>
    <ul class="recovery-codes">
      {codes.map((code) => (
        <li key={code}>
          <code>{code}</code>
        </li>
      ))}
    </ul>
    <div class="settings-actions">
      <CopyButton text={codes.join('\n')} what="the recovery codes" />
      <Button kind="primary" onClick={onDone}>
        I have kept them
      </Button>
    </div>
  </>
);
