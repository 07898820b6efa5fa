import './field.css';
import { cloneElement, type VNode } from 'preact';
import { useId } from 'preact/hooks';

export interface FieldProps {
  readonly label: string;
  /** What is wrong with it; said aloud when it comes. */
  readonly error?: string | undefined;
  readonly hint?: string | undefined;
  /** One control; it gets its id and its descriptions from here. */
  readonly children: VNode;
}

/** A labelled control, with what it is for tied to it, or what is wrong with it. */
export function Field({ label, error, hint, children }: FieldProps) {
  const id = useId();
  const described = error !== undefined ? `${id}-error` : hint === undefined ? undefined : `${id}-hint`;
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      {cloneElement(children, {
        id,
        'aria-invalid': error !== undefined,
        ...(described === undefined ? {} : { 'aria-describedby': described }),
      })}
      {hint === undefined || error !== undefined ? null : (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error === undefined ? null : (
        <p class="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
