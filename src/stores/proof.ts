import type Stripe from 'stripe'
import type { Deps } from '../deps.ts'
import { minimumCharge } from '../lib/money.ts'
import { problem } from '../lib/problem.ts'
import { reveal, Secret } from '../lib/secret.ts'
import { failureOf } from '../stripe/errors.ts'
import type { KeyPair } from './keys.ts'
import type { Granted } from './table.ts'

export const InvalidApiKey = problem('invalid-api-key', 422, 'Invalid API key')
export const KeysOfTwoAccounts = problem(
  'keys-of-two-accounts',
  422,
  'The two keys belong to different accounts',
)
export const MissingPermission = problem('missing-permission', 422, 'The key lacks a permission')
export const StripeUnreachable = problem('stripe-unreachable', 503, 'Stripe cannot be reached right now')

export type Proof = {
  account_id: string
  account_name: string | null
  permissions: Granted
}

/**
 * Asks Stripe whether these keys are what they seem: the secret key works, both keys belong to one account, and
 * what the key may do. Throws InvalidApiKey, KeysOfTwoAccounts, MissingPermission (without PaymentIntents nothing
 * can be sold) or StripeUnreachable.
 */
export async function proveKeys({ stripe }: Deps, keys: KeyPair, currency: string): Promise<Proof> {
  const client = stripe.clientWith(keys.secret_key)
  const probe = await createProbe(client, currency)
  try {
    await readWithPublishable(stripe.clientWith(new Secret(keys.publishable_key)), probe)
    const [account, permissions] = await Promise.all([
      readAccount(client, keys.secret_key),
      readPermissions(client, probe.id),
    ])
    return { ...account, permissions }
  } finally {
    // The probe was never confirmed: left over it would only be clutter in the merchant's dashboard.
    await client.paymentIntents.cancel(probe.id).catch(ignoreStripeFailure)
  }
}

async function createProbe(client: Stripe, currency: string): Promise<Stripe.PaymentIntent> {
  try {
    return await client.paymentIntents.create({
      amount: Math.max(minimumCharge(currency), 100),
      currency,
      automatic_payment_methods: { enabled: true },
      description: 'Connecting to Owntill (not a payment)',
    })
  } catch (error) {
    const failure = failureOf(error)
    if (failure === 'invalid_key') throw new InvalidApiKey('Stripe does not accept this secret key.')
    if (failure === 'missing_permission')
      throw new MissingPermission('Give it write access to PaymentIntents.')
    if (failure === 'refused') throw new InvalidApiKey('Stripe did not let this key create a payment.')
    if (failure) throw new StripeUnreachable()
    throw error
  }
}

// The only call that a publishable key and a secret key can make about the same thing.
async function readWithPublishable(client: Stripe, probe: Stripe.PaymentIntent): Promise<void> {
  try {
    await client.paymentIntents.retrieve(probe.id, { client_secret: probe.client_secret! })
  } catch (error) {
    const failure = failureOf(error)
    if (failure === 'invalid_key') throw new InvalidApiKey('Stripe does not accept this publishable key.')
    if (failure === 'unreachable') throw new StripeUnreachable()
    if (failure) throw new KeysOfTwoAccounts('Copy both keys from the same Stripe account.')
    throw error
  }
}

async function readAccount(client: Stripe, key: Secret): Promise<Pick<Proof, 'account_id' | 'account_name'>> {
  try {
    const account = await client.accounts.retrieveCurrent()
    const name = account.business_profile?.name ?? account.settings?.dashboard.display_name ?? null
    return { account_id: account.id, account_name: name }
  } catch (error) {
    if (failureOf(error) !== 'missing_permission') throw failureOf(error) ? new StripeUnreachable() : error
    // A restricted key need not read the account: keys of today carry its id behind the first two digits.
    const embedded = /^[sr]k_(?:test|live)_51([A-Za-z0-9]{14})/.exec(reveal(key))?.[1]
    if (!embedded) throw new MissingPermission('Give it read access to the account.')
    return { account_id: `acct_1${embedded}`, account_name: null }
  }
}

/** One harmless call for each permission: Stripe answers 403 when it is missing, anything else when it is there. */
async function readPermissions(client: Stripe, probe: string): Promise<Granted> {
  const [refunds, webhook_endpoints, disputes, checkout, connect] = await Promise.all([
    // Nothing was paid, so with the permission Stripe refuses the refund, and without it the request.
    allows(client.refunds.create({ payment_intent: probe })),
    allows(client.webhookEndpoints.list({ limit: 1 })),
    allows(client.disputes.list({ limit: 1 })),
    allows(client.checkout.sessions.list({ limit: 1 })),
    allows(client.accounts.list({ limit: 1 })),
  ])
  return { payment_intents: true, refunds, webhook_endpoints, disputes, checkout, connect }
}

async function allows(call: Promise<unknown>): Promise<boolean> {
  try {
    await call
    return true
  } catch (error) {
    const failure = failureOf(error)
    if (failure === 'unreachable' || failure === 'invalid_key') throw new StripeUnreachable()
    if (!failure) throw error
    return failure !== 'missing_permission'
  }
}

function ignoreStripeFailure(error: unknown): void {
  if (!failureOf(error)) throw error
}
