import { limits } from '@parley/client';
import { useSignal } from '@preact/signals';
import { sentenceOf, toast } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';

/** A filter of words, one on a line. */
export function WordsForm({
  hint,
  words,
  save,
}: {
  hint: string;
  words: readonly string[];
  save: (words: readonly string[]) => Promise<void>;
}) {
  const text = useSignal(words.join('\n'));
  const error = useSignal<string | undefined>(undefined);
  const isBusy = useSignal(false);
  const submit = async () => {
    const lines = text.peek().split('\n');
    const wanted = lines.map((word) => word.trim()).filter((word) => word !== '');
    const long = wanted.find((word) => word.length > limits.maxFilterWordLength);
    if (long !== undefined) {
      error.value = `“${long.slice(0, 20)}…” has more than ${limits.maxFilterWordLength} characters.`;
      return;
    }
    error.value = undefined;
    isBusy.value = true;
    try {
      await save(wanted);
      toast('The words are saved.');
    } catch (cause) {
      error.value = sentenceOf(cause);
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Field label="Unwanted words" hint={hint} error={error.value}>
        <textarea
          class="input"
          rows={4}
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
      </Field>
      <div class="settings-actions">
        <Button type="submit" busy={isBusy.value}>
          Save the words
        </Button>
      </div>
    </form>
  );
}
