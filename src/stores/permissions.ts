import type { Granted, Permission } from './table.ts'

type Words = { label: string; without: string }

/** What a key may do, in the words of Stripe's dashboard, and what will not work without it. */
const PERMISSIONS: Record<Permission, Words> = {
  payment_intents: { label: 'PaymentIntents', without: 'shoppers cannot pay' },
  checkout: { label: 'Checkout Sessions', without: "payments on Stripe's own page" },
  refunds: { label: 'Charges and Refunds', without: 'refunds are made in the Stripe dashboard' },
  webhook_endpoints: { label: 'Webhook Endpoints', without: 'the webhook is set up by hand' },
  disputes: { label: 'Disputes', without: 'disputes are only seen in the Stripe dashboard' },
  connect: { label: 'Connect', without: 'no payments split with vendors' },
  tax: { label: 'Tax Calculations and Transactions', without: 'Stripe Tax works out no taxes' },
}

type ShownPermission = Words & { name: Permission; granted: boolean }

/** Every permission of which it is known whether the key has it. */
export const shownPermissions = (known: Granted): ShownPermission[] =>
  (Object.keys(PERMISSIONS) as Permission[]).flatMap(name => {
    const granted = known[name]
    return granted === undefined ? [] : [{ name, ...PERMISSIONS[name], granted }]
  })
