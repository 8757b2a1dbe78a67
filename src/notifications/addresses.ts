import ipaddr from 'ipaddr.js'

/**
 * Whether something at this address may be spoken to: public ones only, and outside production this machine's own.
 * Private, link-local (cloud metadata), shared, reserved and multicast ranges are not, nor IPv6 forms that carry an
 * IPv4 address: https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export function mayReach(address: string, { loopback }: { loopback: boolean }): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.parse(address)
  const range = parsed.range()
  if (range === 'loopback') return loopback
  if (range !== 'unicast') return false
  // `::a.b.c.d`, deprecated, is the one form that counts as unicast though it carries an IPv4 address.
  return !(parsed instanceof ipaddr.IPv6 && parsed.parts.slice(0, 6).every(part => part === 0))
}

/** The literal address a URL's host is, without the brackets; undefined for a name. */
export function literalOf(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1')
  return ipaddr.isValid(bare) ? bare : undefined
}
