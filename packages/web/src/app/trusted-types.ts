/** `&amp;`, `&eacute;`: the name of one character, which cannot be markup. */
const characterReference = /^&[a-z\d]{1,40};$/i;

/** As far as this page needs it; not every browser has it, and TypeScript's DOM does not know it. */
interface TrustedTypes {
  createPolicy(name: 'default', rules: { readonly createHTML: (text: string) => string }): unknown;
}

/** What the default policy lets through as markup. */
export function onlyCharacters(text: string): string {
  if (characterReference.test(text)) return text;
  throw new TypeError('No text becomes markup in this page.');
}

/**
 * The server's Content-Security-Policy lets no text become markup or script but through a policy, and this is the only
 * one. The Markdown parser asks the browser what a named character is; nothing else ever asks, and would be refused.
 */
export function trustOnlyCharacters(): void {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  trustedTypes?.createPolicy('default', { createHTML: onlyCharacters });
}
