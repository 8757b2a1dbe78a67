import { askInDialog } from './dialog.js'
import { createElement } from './element.js'
import { insist } from './errors.js'

// How long a page may take over a question of the sheet, in milliseconds.
const patience = 20_000

/**
 * Wallet buttons. A click asks the page (`click`), then the shopper in a sheet of the sandbox, where each address and
 * each way to send it asks the page again (`shippingaddresschange`, `shippingratechange`), and at last the page
 * (`confirm`), which calls confirmPayment as for any other payment.
 */
export function createExpressCheckout({ group, options, describe, onDestroy }) {
  const inside = createElement({ type: 'expressCheckout', describe, react: clicked, onDestroy })

  function clicked(message, payload) {
    if (message !== 'click') return false
    const { expressPaymentType } = payload
    const resolve = details => void openSheet(expressPaymentType, { ...options, ...details })
    const event = { elementType: 'expressCheckout', expressPaymentType, resolve, reject: () => undefined }
    if (inside.events.has('click')) inside.events.emit('click', event)
    else resolve()
    return true
  }

  async function openSheet(expressPaymentType, details) {
    const shipped = details.shippingAddressRequired
    insist(
      !shipped || details.shippingRates?.length > 0,
      'When `shippingAddressRequired` is true, you must specify `shippingRates`.',
    )
    const shown = await describe()
    const answer = await askInDialog({
      page: '/stripe.js/frames/wallet',
      title: 'Wallet',
      payload: { ...shown, wallet: expressPaymentType, details },
      asked,
    })
    if (!answer?.paymentMethod) {
      inside.events.emit('cancel', { elementType: 'expressCheckout' })
      return
    }
    const { paymentMethod, billingDetails, shippingAddress, shippingRate } = answer
    group.wallet = { expressPaymentType, paymentMethod, shipping: shippingAddress }
    inside.events.emit('confirm', {
      elementType: 'expressCheckout',
      expressPaymentType,
      billingDetails,
      shippingAddress,
      shippingRate,
      paymentFailed: () => {
        group.wallet = null
      },
    })
  }

  /** Asks the page what an address or a rate costs; answers the sheet with the total of now, or that it will not do. */
  function asked(type, payload) {
    if (type !== 'shippingaddresschange' && type !== 'shippingratechange') return
    return new Promise(answer => {
      const reject = () => answer({ refused: true })
      const resolve = ({ shippingRates } = {}) => answer({ amount: group.options.amount, shippingRates })
      if (!inside.events.has(type)) return resolve()
      setTimeout(reject, patience)
      inside.events.emit(type, { ...payload, resolve, reject })
    })
  }

  return inside
}
