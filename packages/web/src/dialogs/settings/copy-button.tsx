import { useState } from 'preact/hooks';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';

const shownMs = 2_000;

/** Copies a text, and says that it did. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), shownMs);
    } catch {
      // Browsers forbid it on pages without TLS.
      toast('This browser does not let the page copy. Please select and copy it yourself.', 'bad');
    }
  };
  return (
    <Button size="s" icon={copied ? 'check' : 'copy'} onClick={() => void copy()}>
      <span aria-live="polite">{copied ? 'Copied' : 'Copy'}</span>
      <span class="visually-hidden"> {what}</span>
    </Button>
  );
}
