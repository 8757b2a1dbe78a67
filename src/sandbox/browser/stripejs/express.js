import { askInDialog } from './dialog.js'
import { createElement } from './element.js'

/**
 * Wallet buttons. A click asks the page (`click`), then the shopper in a sheet of the sandbox, then the page
 * again (`confirm`), which calls confirmPayment as for any other payment.
 */
export function createExpressCheckout({ group, describe, onDestroy }) {
  const inside = createElement({ type: 'expressCheckout', describe, react: clicked, onDestroy })

  function clicked(message, payload) {
    if (message !== 'click') return false
    const { expressPaymentType } = payload
    const resolve = (details = {}) => void openSheet(expressPaymentType, details)
    const event = { elementType: 'expressCheckout', expressPaymentType, resolve, reject: () => undefined }
    if (inside.events.has('click')) inside.events.emit('click', event)
    else resolve()
    return true
  }

  async function openSheet(expressPaymentType, details) {
    const shown = await describe()
    const answer = await askInDialog({
      page: '/stripe.js/frames/wallet',
      title: 'Wallet',
      payload: { ...shown, wallet: expressPaymentType, details },
    })
    if (!answer?.paymentMethod) {
      inside.events.emit('cancel', { elementType: 'expressCheckout' })
      return
    }
    const { paymentMethod, billingDetails, shippingAddress } = answer
    group.wallet = { expressPaymentType, paymentMethod }
    inside.events.emit('confirm', {
      elementType: 'expressCheckout',
      expressPaymentType,
      billingDetails,
      shippingAddress: details.shippingAddressRequired ? shippingAddress : undefined,
      shippingRate: details.shippingRates?.[0],
      paymentFailed: () => {
        group.wallet = null
      },
    })
  }

  return inside
}
