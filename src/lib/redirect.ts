import { BadInput } from './problem.ts'
/**
 * The url to redirect to, or undefined when it must not be followed: parsed once by the WHATWG rules, https only
 * (http for localhost outside production), no user info, and exactly an origin of the store's list. What is
 * returned is the parsed form: nothing reads the raw text a second time in another way.
 */
export function allowedRedirect(
  raw: string | undefined,
  origins: readonly string[],
  production: boolean,
): string | undefined {
  // A browser strips tabs and newlines and turns backslashes over before it parses: refuse what needs that.
  if (!raw || raw.length > 2_000 || /[\p{Cc} \\]/u.test(raw)) return undefined
  // A host straight after the slashes, and not even an empty user name before it.
  if (!/^https?:\/\/[^/?#@]+(?:[/?#]|$)/i.test(raw)) return undefined
  const url = URL.parse(raw)
  if (!url || url.username || url.password) return undefined
  const secure = url.protocol === 'https:'
  const local = url.protocol === 'http:' && !production && isLoopback(url.hostname)
  if (!secure && !local) return undefined
  return origins.includes(url.origin) ? url.href : undefined
}

/** The same of what a caller gave, if anything: throws BadInput when it must not be followed. */
export function wantedRedirect(
  raw: string | undefined,
  origins: readonly string[],
  production: boolean,
): string | undefined {
  const url = allowedRedirect(raw, origins, production)
  if (raw === undefined || url) return url
  throw new BadInput({
    errors: [{ pointer: '/return_url', detail: "is not on an origin of the store's list" }],
  })
}

export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'
