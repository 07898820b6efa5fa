import './spinner.css';

/** Something is on its way. Appears after a moment only: what is quick needs no mark. */
export const Spinner = ({ label }: { label: string }) => (
  <span class="spinner" role="status">
    <span class="visually-hidden">{label}</span>
  </span>
);
