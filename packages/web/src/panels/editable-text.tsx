import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Button, IconButton } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';

export interface EditableTextProps {
  readonly label: string;
  readonly value: string;
  /** Said where there is none. */
  readonly empty?: string;
  readonly maxLength: number;
  readonly isLong?: boolean;
  readonly isRequired?: boolean;
  readonly isAllowed: boolean;
  /** Resolves to whether it was done; a refusal is shown elsewhere and the field stays open. */
  readonly save: (text: string) => Promise<boolean>;
}

/** A text that is read, and changed in its place by who may. */
export function EditableText(props: EditableTextProps) {
  const { label, value, empty = '', isAllowed } = props;
  const isOpen = useSignal(false);
  const button = useRef<HTMLDivElement>(null);
  if (isOpen.value)
    return (
      <TextForm
        {...props}
        onDone={() => {
          isOpen.value = false;
          requestAnimationFrame(() => button.current?.querySelector('button')?.focus());
        }}
      />
    );
  return (
    <div class="editable" ref={button}>
      <h3 class="editable-label">{label}</h3>
      <p class={value === '' ? 'editable-text editable-empty' : 'editable-text'}>{value === '' ? empty : value}</p>
      {isAllowed ? (
        <IconButton
          class="editable-edit"
          size="s"
          icon="edit"
          label={`Change the ${label.toLowerCase()}`}
          onClick={() => {
            isOpen.value = true;
          }}
        />
      ) : null}
    </div>
  );
}

function TextForm({
  label,
  value,
  maxLength,
  isLong = false,
  isRequired = false,
  save,
  onDone,
}: EditableTextProps & { onDone: () => void }) {
  const text = useSignal(value);
  const isBusy = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => form.current?.querySelector<HTMLInputElement>('.input')?.select(), []);
  const submit = async () => {
    const wished = text.peek().trim();
    if (isRequired && wished === '') return;
    isBusy.value = true;
    const isDone = wished === value || (await save(wished));
    isBusy.value = false;
    if (isDone) onDone();
  };
  const shared = {
    class: 'input',
    value: text.value,
    maxLength,
    onInput: (event: { currentTarget: { value: string } }) => {
      text.value = event.currentTarget.value;
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        void submit();
      }
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      onDone();
    },
  };
  return (
    <form
      ref={form}
      class="editable-form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Field label={label}>{isLong ? <textarea {...shared} rows={3} /> : <input {...shared} />}</Field>
      <div class="editable-tools">
        <Button
          type="submit"
          kind="primary"
          size="s"
          busy={isBusy.value}
          disabled={isRequired && text.value.trim() === ''}
        >
          Save
        </Button>
        <Button size="s" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
