// The buttons of wallets (Apple Pay, Google Pay and their like) above the form: Stripe's Express Checkout Element. What
// a press of one does is checkout.js's; where something is sent, address.js asks and answers the sheet.
const PATIENCE = 2_500

/**
 * Shows the buttons, if there are any; settles when that is known, or not worth waiting for any longer.
 * `till.closed()`: nobody can pay just now. `till.pay(wallet)`: pays with what the sheet said, true when it went through.
 */
export function showWallets(elements, till) {
  const box = document.getElementById('express')
  if (!box) return
  return new Promise(resolve => {
    // Where something is sent, address.js adds what the sheet has to ask, and listens to the answers.
    const options = { emailRequired: true, buttonHeight: 44 }
    const asked = Promise.withResolvers()
    document.dispatchEvent(new CustomEvent('wallets', { detail: { options, made: asked.promise } }))
    const element = elements.create('expressCheckout', options)
    asked.resolve(element)
    const give = setTimeout(leave, PATIENCE)
    function leave() {
      element.destroy()
      box.remove()
      resolve()
    }
    element.on('ready', ({ availablePaymentMethods }) => {
      clearTimeout(give)
      if (!availablePaymentMethods) return leave()
      resolve()
    })
    element.on('loaderror', leave)
    element.on('click', event => (till.closed() ? event.reject() : event.resolve()))
    element.on('confirm', async event => {
      // Without news of a success the wallet's sheet is told, and the page says why.
      if (till.closed() || !(await till.pay(event))) event.paymentFailed()
    })
    element.mount('#express-element')
  })
}

/** Where a wallet says it is sent, as Stripe's API takes it: it takes a line that is not there for a mistake. */
export function shippingOf({ name, address }) {
  return { name, address: Object.fromEntries(Object.entries(address).filter(([, line]) => line)) }
}
