import type { Config } from '../config.ts'
import { DEMO_OWNER, OPEN_STORE_KEYS } from './demo.ts'

/** What a newcomer wants to click, in the order in which they want it. */
export function printLinks(config: Config, secret: string): void {
  const url = (path: string) => `${config.publicUrl}${path}`
  const rows = [
    ['Shop and pay', url('/demo/shop')],
    ['Pay a demo order', url('/demo/order')],
    ['Connect the second store', url('/demo/connect')],
    ['  publishable key', OPEN_STORE_KEYS.publishable_key],
    ['  restricted key', OPEN_STORE_KEYS.secret_key],
    ['The portal', url('/portal')],
    ['  sign in as', DEMO_OWNER],
    ['The mailbox', url('/dev/mail')],
    ['The API reference', url('/docs')],
    ["The sandbox's console", `${config.stripe.apiUrl}/console`],
    ['X-Internal-Secret', secret],
  ]
  const width = Math.max(...rows.map(([name = '']) => name.length))
  const lines = rows.map(([name = '', value = '']) => `  ${name.padEnd(width)}  ${value}`)
  console.log(`\nOwntill is ready: ${config.publicUrl}\n\n${lines.join('\n')}\n`)
}
