/** The pages that ask for a sign-in and get the owner back afterwards. */
const ROOMS = /^\/(portal(\/[\w/-]*)?|vendor\/[\w/.:-]*|stripe\/connect)(\?[^#]*)?$/

/**
 * Where to go after signing in: a path of ours that asked for it, else undefined. What comes back is the parsed
 * form, so no browser can read another host into it.
 */
export function localPath(raw: string | undefined, publicUrl: string): string | undefined {
  if (!raw?.startsWith('/') || raw.length > 8_000 || /[\p{Cc}\\]/u.test(raw)) return undefined
  const url = URL.parse(raw, publicUrl)
  if (url?.origin !== publicUrl) return undefined
  const path = url.pathname + url.search
  return ROOMS.test(path) ? path : undefined
}

/** The address of the sign-in, and what it leads to, if that was asked for. */
export const signInFor = (path?: string | null): string =>
  path ? `/portal/sign-in?${new URLSearchParams({ next: path })}` : '/portal/sign-in'
