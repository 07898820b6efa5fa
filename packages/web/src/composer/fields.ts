/** The text fields of the composers on screen, by draft key. */
const fields = new Map<string, HTMLTextAreaElement>();

export function keepField(key: string, field: HTMLTextAreaElement): () => void {
  fields.set(key, field);
  return () => {
    if (fields.get(key) === field) fields.delete(key);
  };
}

export const fieldOf = (key: string): HTMLTextAreaElement | undefined => fields.get(key);

/** Lets the reader write there, at the end of what is written already. */
export function focusComposer(key: string): void {
  const field = fields.get(key);
  field?.focus();
  field?.setSelectionRange(field.value.length, field.value.length);
}

/** Whether a focus would raise a keyboard over half the screen. */
export const isTouch = (): boolean => matchMedia('(pointer: coarse)').matches;
