/** A handle made of what somebody is called: "Ann-Léa Müller" is `ann-lea.muller`. Empty where nothing of it can be used. */
export const suggestHandle = (displayName: string): string =>
  displayName
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .trim()
    .replace(/\s+/g, '.')
    .replace(/[^a-z0-9._-]/g, '')
    .replace(/^[._-]+/, '')
    .slice(0, 32);
