import { applyAppearance } from './appearance.js'
import { listen, reportSize, tell } from './channel.js'
import { h } from './field.js'
import { wordsFor } from './words.js'

const main = document.querySelector('main')
// The wallets that a browser without a phone in its pocket can show.
const wallets = { google_pay: ['googlePay', 'Google Pay'], link: ['link', 'Link'] }
let options = {}

const wanted = name => (options.paymentMethods?.[name] ?? options.wallets?.[name] ?? 'auto') !== 'never'

function draw({ locale, appearance, backdrop }) {
  const words = wordsFor(locale)
  applyAppearance(appearance, backdrop)
  const buttons = Object.entries(wallets)
    .filter(([, [name]]) => wanted(name))
    .map(([type, [, label]]) => {
      const name = words.expressPay.replace('{wallet}', label)
      const button = h(
        'button',
        { type: 'button', class: `Wallet Wallet-${type}`, 'aria-label': name },
        label,
      )
      button.style.height = `${options.buttonHeight ?? 44}px`
      button.addEventListener('click', () => tell('click', { expressPaymentType: type }))
      return button
    })
  main.replaceChildren(h('div', { class: 'Wallets' }, ...buttons))
}

function available() {
  const none = {
    amazonPay: false,
    applePay: false,
    googlePay: false,
    klarna: false,
    link: false,
    paypal: false,
  }
  const shown = Object.values(wallets).filter(([name]) => wanted(name))
  if (shown.length === 0) return undefined
  return { ...none, ...Object.fromEntries(shown.map(([name]) => [name, true])) }
}

listen({
  init(shown) {
    options = shown.options
    draw(shown)
    reportSize(document.body)
    tell('ready', { availablePaymentMethods: available() })
  },
  update(next) {
    options = next.credentials ? next.options : { ...options, ...next }
    if (next.credentials) draw(next)
  },
  focus: () => main.querySelector('button')?.focus(),
  blur: () => document.activeElement?.blur(),
})
