/** The kind of the log's documents. Nothing outside this folder touches it. */
export const kind = 'audit';

/** The owner of the list of days that have entries; no day is called so. */
export const days = 'days';
