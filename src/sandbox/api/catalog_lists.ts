import type Stripe from 'stripe'
import { type Collection, collection } from '../engine/books.ts'
import type { PageParams } from '../engine/lists.ts'
import { anything, expand, flag, must, paging, range, type Table, text } from '../engine/params.ts'
import { listing, type Resource, retrieving } from '../engine/resource.ts'

/** Kinds that nothing in the sandbox makes: they can be listed and read, as a mirror does, and are empty. */
const Subscriptions = collection<Stripe.Subscription>({
  url: '/v1/subscriptions',
  noun: 'subscription',
  prefix: 'sub_',
})
const SubscriptionItems = collection<Stripe.SubscriptionItem>({
  url: '/v1/subscription_items',
  noun: 'subscription item',
  prefix: 'si_',
})
const Invoices = collection<Stripe.Invoice>({ url: '/v1/invoices', noun: 'invoice', prefix: 'in_' })
const InvoiceItems = collection<Stripe.InvoiceItem & { created?: number }>({
  url: '/v1/invoiceitems',
  noun: 'invoice item',
  prefix: 'ii_',
})
const CreditNotes = collection<Stripe.CreditNote>({
  url: '/v1/credit_notes',
  noun: 'credit note',
  prefix: 'cn_',
})
const Payouts = collection<Stripe.Payout>({ url: '/v1/payouts', noun: 'payout', prefix: 'po_' })
const SetupIntents = collection<Stripe.SetupIntent>({
  url: '/v1/setup_intents',
  noun: 'setupintent',
  prefix: 'seti_',
})

const readable = <P extends PageParams, T extends { id: string; created?: number }>(
  kind: Collection<T>,
  params: Table<P>,
): Resource => ({
  operations: [retrieving(kind, 'catalog.read'), listing<P, T, undefined>(kind, 'catalog.read', params)],
})

const common = { ...paging, created: range, customer: text(), customer_account: text(), expand }

/** The empty lists, one resource each. */
export const emptyLists: Resource[] = [
  readable<Stripe.SubscriptionListParams, Stripe.Subscription>(Subscriptions, {
    ...common,
    automatic_tax: anything,
    collection_method: text(),
    current_period_end: range,
    current_period_start: range,
    plan: text(),
    price: text(),
    status: text(),
    test_clock: text(),
  }),
  readable<Stripe.SubscriptionItemListParams, Stripe.SubscriptionItem>(SubscriptionItems, {
    ...paging,
    expand,
    subscription: must(text()),
  }),
  readable<Stripe.InvoiceListParams, Stripe.Invoice>(Invoices, {
    ...common,
    collection_method: text(),
    due_date: range,
    status: text(),
    subscription: text(),
  }),
  readable<Stripe.InvoiceItemListParams, Stripe.InvoiceItem & { created?: number }>(InvoiceItems, {
    ...common,
    invoice: text(),
    pending: flag,
  }),
  readable<Stripe.CreditNoteListParams, Stripe.CreditNote>(CreditNotes, { ...common, invoice: text() }),
  readable<Stripe.PayoutListParams, Stripe.Payout>(Payouts, {
    ...paging,
    arrival_date: range,
    created: range,
    destination: text(),
    expand,
    status: text(),
  }),
  readable<Stripe.SetupIntentListParams, Stripe.SetupIntent>(SetupIntents, {
    ...common,
    attach_to_self: flag,
    payment_method: text(),
  }),
]
