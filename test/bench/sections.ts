import type { Figure } from './figures.ts'
import type { House } from './house.ts'
import { mirror } from './mirror.ts'
import { checkoutPage } from './page.ts'
import { pay } from './pay.ts'
import type { Postgres } from './postgres.ts'
import { sessions } from './sessions.ts'
import { slow } from './slow.ts'
import { start } from './start.ts'
import { status } from './status.ts'
import { strangers } from './strangers.ts'
import { tenants } from './tenants.ts'
import { webhooks } from './webhooks.ts'

/** What a section is given: a Postgres, how much to do, and a way to say how far it is. */
export type Bench = {
  postgres: Postgres
  /** The database of the bare routes. */
  bareUrl: string
  /** A service with twenty connected stores and a Stripe that answers at once: what the doors are measured on. */
  house: House
  stripeUrl: string
  rounds: number
  quick: boolean
  say(text: string): void
}

/** The sections by name, in the order of the table. */
export const sections: Record<string, (bench: Bench) => Promise<Figure[]>> = {
  webhooks,
  page: checkoutPage,
  status,
  sessions,
  pay,
  tenants,
  strangers,
  mirror,
  slow,
  start,
}
