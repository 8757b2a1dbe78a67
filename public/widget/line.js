import { keyOf } from './cart.js'
import { icon, icons, make } from './dom.js'

const MOST = 9_999

/**
 * One product of the cart: picture, name, price, quantity, remove. `put` is told the quantity that the shopper
 * wants, 0 to remove it.
 */
export function makeLine(line, say, put) {
  const { name, image_url } = line
  const key = keyOf(line)
  let quantity
  const input = make('input', {
    type: 'text',
    inputmode: 'numeric',
    autocomplete: 'off',
    maxlength: 4,
    'aria-label': say('quantity', { name }),
  })
  const step = (by, label, path) =>
    make(
      'button',
      {
        type: 'button',
        class: 'step',
        'aria-label': say(label, { name }),
        click: () => quantity + by >= 1 && want(quantity + by),
      },
      icon(path),
    )
  const less = step(-1, 'less', icons.less)
  const more = step(1, 'more', icons.more)
  const unit = make('bdi')
  const sum = make('bdi', { class: 'sum' })
  const picture =
    image_url &&
    make('img', { src: image_url, alt: '', width: 64, height: 64, referrerpolicy: 'no-referrer' })
  const remove = make(
    'button',
    {
      type: 'button',
      class: 'remove',
      'aria-label': say('remove_what', { name }),
      click: () => put(key, 0),
    },
    say('remove'),
  )
  const node = make(
    'li',
    {},
    make('span', { class: 'picture' }, picture || icon(icons.bag)),
    make(
      'div',
      { class: 'about' },
      make('bdi', { class: 'name' }, name),
      make('span', { class: 'unit' }, unit),
    ),
    sum,
    make('div', { class: 'amount' }, make('div', { class: 'steps' }, less, input, more), remove),
  )
  picture?.addEventListener('error', () => picture.replaceWith(icon(icons.bag)))
  input.addEventListener('change', () => want(/^\d+$/.test(input.value) ? Number(input.value) : quantity))

  // At once on the screen; the server's answer follows, and draws it again.
  function want(next) {
    const before = quantity
    const wanted = Math.min(next, MOST)
    draw(wanted || before)
    if (wanted !== before) put(key, wanted)
  }

  function draw(next) {
    quantity = next
    input.value = next
    // Not `disabled`: whoever presses it by keyboard would lose their place.
    less.setAttribute('aria-disabled', next <= 1)
    more.setAttribute('aria-disabled', next >= MOST)
  }

  return {
    node,
    remove,
    update(line) {
      draw(line.quantity)
      unit.textContent = line.quantity > 1 ? say('each', { price: line.unit_shown }) : ''
      sum.textContent = line.amount_shown
    },
  }
}
