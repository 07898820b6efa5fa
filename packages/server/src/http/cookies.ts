/** The cookies of a Cookie header (RFC 6265, section 5.4). Of two with one name the first counts. */
export function parse(header: string): Record<string, string> {
  const cookies: Record<string, string> = {};
  for (const pair of header.split(';')) {
    const [name, value] = pair.split(/=(.*)/s, 2).map((part) => part.trim());
    if (name !== undefined && name !== '' && value !== undefined) cookies[name] ??= value;
  }
  return cookies;
}
