/** The other way in, at the foot of the page. */
export const Switch = ({ text, action, run }: { text: string; action: string; run: () => void }) => (
  <>
    {text}{' '}
    <button type="button" class="auth-switch" onClick={run}>
      {action}
    </button>
  </>
);
