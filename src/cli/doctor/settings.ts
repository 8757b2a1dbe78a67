import type { Config } from '../../config.ts'
import { type Finding, ok, warning } from './finding.ts'

const CHECK = 'settings'

/** What is allowed and yet rarely meant. Settings that are missing or wrong do not come this far. */
export function checkSettings(config: Config): Finding[] {
  const found: Finding[] = []
  if (config.production && config.trustProxy === false) {
    found.push(
      warning(
        CHECK,
        'no reverse proxy is trusted: every shopper seems to have the address of the proxy',
        'Set TRUST_PROXY to the number of proxies in front, or to their addresses.',
      ),
    )
  }
  if (config.trustProxy === true) {
    found.push(
      warning(
        CHECK,
        'every proxy is believed: anybody can claim any address and pass the rate limits',
        'Set TRUST_PROXY to the number of proxies in front, or to their addresses.',
      ),
    )
  }
  if (config.production && ['debug', 'trace', 'silent'].includes(config.logLevel)) {
    found.push(
      warning(
        CHECK,
        `LOG_LEVEL is ${config.logLevel}`,
        'Set LOG_LEVEL to info, unless you look for something.',
      ),
    )
  }
  if (config.production && config.masterKeys.length > 2) {
    found.push(
      warning(
        CHECK,
        `${config.masterKeys.length} encryption keys are set`,
        'Rotate (owntill keys rotate), then remove those that owntill keys status no longer shows.',
      ),
    )
  }
  return found.length > 0
    ? found
    : [ok(CHECK, config.production ? 'complete' : 'complete, not for production')]
}
