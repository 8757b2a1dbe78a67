import type { Page } from 'playwright-core'
import { vi } from 'vitest'
import type { DemoService } from '../harness/service.ts'

const SOON = { timeout: 15_000 }

/**
 * Asks for a sign-in code at the form that this page shows, and reads it in the mailbox of the machine, in another
 * tab, as a person would: other letters may arrive meanwhile, and older codes may lie there too.
 */
export async function askForCode(page: Page, service: DemoService, email: string): Promise<string> {
  const tab = await page.context().newPage()
  const codes = async (): Promise<string[]> => {
    await tab.goto(`${service.url}/dev/mail`)
    const letters = await tab.locator('article', { hasText: email }).locator('h2').allTextContents()
    return letters.flatMap(subject => /\d{4} \d{4}/.exec(subject)?.[0] ?? [])
  }
  const [older] = await codes()
  await page.fill('#email', email)
  await page.click('button[type=submit]')
  await page.getByRole('heading', { name: 'Enter your code' }).waitFor()
  const code = await vi.waitFor(async () => {
    const [newest] = await codes()
    if (!newest || newest === older) throw new Error(`no code was mailed to ${email}`)
    return newest
  }, SOON)
  await tab.close()
  return code
}

/** Signs in by a code from the mailbox. `page` shows the form that asks for the address. */
export async function signIn(page: Page, service: DemoService, email: string): Promise<void> {
  await page.fill('#code', await askForCode(page, service, email))
  await page.click('button[type=submit]')
}
