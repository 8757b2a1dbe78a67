import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startDemo } from '../harness/service.ts'
import { launchChromium } from './browser.ts'
import { payWith, receipt } from './shopper.ts'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const [beforeKeys, afterKeys] = [...readme.split('## Integrate')[1]!.matchAll(/```sh\n([^`]+)```/g)].map(
  ([, block]) => block!,
)

test('the README’s way to integrate works word by word', async () => {
  const demo = await startDemo(undefined)
  const browser = await launchChromium()
  try {
    const setUp = beforeKeys!
      .replace('http://localhost:3000', demo.url)
      .replace('.data/internal-secret', join(demo.dataDir, 'internal-secret'))
    const run = (script: string) =>
      execFileSync('bash', ['-euc', script], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .map(line => JSON.parse(line))

    const [store, product, link] = run(setUp)
    expect([store.name, product.price]).toEqual(['Corner Shop', 1800])
    const page = await browser.newPage({ locale: 'en-US' })
    await page.goto(link.url)
    await page.fill('#publishable_key', /`(pk_test_\w+)`/.exec(readme)![1]!)
    await page.fill('#secret_key', /`(rk_test_\w+)`/.exec(readme)![1]!)
    await page.click('#connect-button')
    await page.getByRole('heading', { name: 'Corner Shop is connected' }).waitFor()

    const sell = `${setUp.slice(0, setUp.indexOf('\n\n'))}\n${afterKeys}`
    const [status, session, orders] = run(sell)
    expect(status).toMatchObject({ has_stripe: true, is_live_mode: false })
    expect(orders.data).toMatchObject([{ id: session.order_id, status: 'pending', amount: 3600 }])
    await page.goto(session.url)
    await payWith(page, '4242424242424242')
    expect(await receipt(page)).toBe(session.confirmation_code)
  } finally {
    await browser.close()
    await demo.close()
  }
})
