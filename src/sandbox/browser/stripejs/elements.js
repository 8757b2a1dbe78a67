import { retrieveIntent } from './api.js'
import { createElement } from './element.js'
import { IntegrationError, insist, warnUnknown } from './errors.js'
import { createExpressCheckout } from './express.js'
import { methodsFor } from './methods.js'
import { checkDeferred, elementsOptions } from './options.js'

const creatable = ['payment', 'expressCheckout', 'address', 'linkAuthentication']

/**
 * A group of Elements for one payment, either for a known PaymentIntent (`clientSecret`) or, deferred, for an
 * amount and currency that the PaymentIntent will have to match. Returns the public face and what
 * confirmPayment needs from it.
 */
export function createElements(stripe, given) {
  const options = { ...given }
  warnUnknown('elements()', options, [...elementsOptions, 'clientSecret'])
  const deferred = options.clientSecret === undefined
  insist(
    deferred || options.mode === undefined,
    'elements() takes either a clientSecret or a mode, not both.',
  )
  if (deferred) checkDeferred(options)

  const made = new Map()
  const updated = []
  let intent = null
  const loadIntent = () => {
    intent ??= retrieveIntent(stripe.credentials, options.clientSecret)
    return intent
  }

  async function describe(type, elementOptions) {
    const about = { ...options }
    if (!deferred) {
      const { paymentIntent, error } = await loadIntent()
      if (error) throw error
      Object.assign(about, { amount: paymentIntent.amount, currency: paymentIntent.currency })
      about.allowedPaymentMethodTypes = paymentIntent.payment_method_types
    }
    return {
      type,
      options: elementOptions,
      credentials: stripe.credentials,
      appearance: about.appearance ?? {},
      locale: about.locale ?? stripe.locale,
      amount: about.amount,
      currency: about.currency,
      methods: methodsFor(about),
    }
  }

  const group = {
    options,
    deferred,
    submitted: false,
    /** The express checkout's own confirmation, while its `confirm` event is being handled. */
    wallet: null,
    get: type => made.get(type),
    intent: loadIntent,
  }

  function create(type, elementOptions = {}) {
    if (!creatable.includes(type)) {
      throw new IntegrationError(`elements.create('${type}') is not something the sandbox can show.`)
    }
    insist(!made.has(type), `Can only create one Element of type ${type} through this group.`)
    if (type === 'address') {
      insist(['billing', 'shipping'].includes(elementOptions.mode), 'The address Element needs a mode.')
    }
    const onDestroy = () => made.delete(type)
    const inside =
      type === 'expressCheckout'
        ? createExpressCheckout({
            group,
            options: elementOptions,
            describe: () => describe(type, elementOptions),
            onDestroy,
          })
        : createElement({
            type,
            describe: () => describe(type, elementOptions),
            react(message) {
              if (message === 'change') group.submitted = false
            },
            onDestroy,
          })
    if (type === 'address') {
      inside.element.getValue = async () => {
        const { complete, isNewAddress, value } = await inside.ask('value')
        return { complete, isNewAddress, value }
      }
    }
    made.set(type, inside)
    return inside.element
  }

  async function refresh() {
    for (const inside of made.values()) {
      inside.tell('update', await inside.describe())
    }
    for (const handler of updated) handler()
  }

  const elements = {
    create,
    getElement: type => made.get(type)?.element ?? null,
    async update(changes) {
      warnUnknown('elements.update()', changes, elementsOptions)
      if (deferred) checkDeferred({ ...options, ...changes })
      else
        insist(changes.amount === undefined, 'elements.update(): amount belongs to deferred Elements only.')
      Object.assign(options, changes)
      group.submitted = false
      await refresh()
    },
    on(event, handler) {
      insist(event === 'update-end', `elements.on('${event}') is not an event of Elements.`)
      updated.push(handler)
    },
    async fetchUpdates() {
      insist(!deferred, 'elements.fetchUpdates() needs Elements made with a clientSecret.')
      intent = null
      const { error } = await loadIntent()
      if (error) return { error: { message: error.message } }
      await refresh()
      return {}
    },
    async submit() {
      if (group.wallet) {
        group.submitted = true
        return { selectedPaymentMethod: group.wallet.expressPaymentType }
      }
      let selected
      for (const inside of made.values()) {
        if (!inside.mounted() || inside.type === 'expressCheckout') continue
        const answer = await inside.ask('submit')
        if (answer.error) return { error: answer.error }
        if (inside.type === 'payment') selected = answer.selectedPaymentMethod
      }
      group.submitted = true
      return { selectedPaymentMethod: selected ?? '' }
    },
  }
  groups.set(elements, group)
  return elements
}

const groups = new WeakMap()

/** The inner half of what `stripe.elements()` returned. */
export function groupOf(elements) {
  const group = groups.get(elements)
  insist(group, 'Invalid value for elements: it should be what stripe.elements() returned.')
  return group
}
