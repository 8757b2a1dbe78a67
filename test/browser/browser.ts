import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Frame, type Page } from 'playwright-core'

/** The Chromium of the machine, telling nobody that it is there. */
export const launchChromium = (...more: string[]): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  })

/** The frame inside an Element, once it has drawn itself. */
export async function frameOf(page: Page, holder: string): Promise<Frame> {
  const iframe = await page.waitForSelector(`${holder} iframe`)
  const frame = (await iframe.contentFrame())!
  await frame.waitForSelector('main > *')
  return frame
}

/** Types a card into the Payment Element of the pay page. */
export const typeCard = (page: Page, number: string): Promise<void> =>
  typeCardInto(page, '#payment-element', number)

/** Types a card into the Payment Element that this holds. */
export async function typeCardInto(page: Page, holder: string, number: string): Promise<void> {
  const frame = await frameOf(page, holder)
  await frame.fill('[name=number]', number)
  await frame.fill('[name=expiry]', '12 / 34')
  await frame.fill('[name=cvc]', '123')
  await frame.fill('[name=postalCode]', '94103')
}

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const screenshots = folder('screenshots/')
const pictures = folder('../../docs/pictures/')
const WIDTHS = [
  [1280, 800],
  [360, 740],
] as const

type Wish = {
  /** The widths at which the README shows it: written to docs/pictures when UPDATE_PICTURES is set. */
  readme?: (1280 | 360)[]
  /** Only what the window shows, for a page with a drawer or dialog as tall as the window. */
  window?: boolean
}

/** The page on a desktop and on a phone, for a person to look at: `name-1280.png` and `name-360.png`. */
export async function picture(page: Page, name: string, wish: Wish = {}): Promise<void> {
  for (const [width, height] of WIDTHS) {
    const target = process.env.UPDATE_PICTURES && wish.readme?.includes(width) ? pictures : screenshots
    mkdirSync(target, { recursive: true })
    await page.setViewportSize({ width, height })
    // Chromium's own full-page mode lays cross-site frames out anew while it looks at them (Stripe's card form then
    // seems to cover the pay button): give the page a window that is large enough instead.
    const whole = wish.window ? 0 : await page.evaluate<number>('document.documentElement.scrollHeight')
    await page.setViewportSize({ width, height: Math.max(height, whole) })
    await page.waitForTimeout(250)
    await page.screenshot({ path: `${target}${name}-${width}.png`, animations: 'disabled' })
  }
  await page.setViewportSize({ width: WIDTHS[0][0], height: WIDTHS[0][1] })
}
