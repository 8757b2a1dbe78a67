import { h } from './field.js'
import { icons } from './icons.js'

/**
 * Tabs or an accordion over the method forms. Both are one group of radio buttons, so the keyboard and
 * screen readers work as people know them.
 */
export function createPicker({ words, layout, methods, forms, onPick }) {
  const { type = 'auto', defaultCollapsed = false } = typeof layout === 'string' ? { type: layout } : layout
  const accordion = type === 'accordion'
  const radios = methods.map(method =>
    h('input', { type: 'radio', name: 'method', value: method, id: `method-${method}`, class: 'Radio' }),
  )
  const labels = methods.map((method, index) =>
    h(
      'label',
      { class: accordion ? 'AccordionItem' : 'Tab', for: `method-${method}` },
      radios[index],
      icons[method](),
      h('span', { class: 'TabLabel' }, words[method]),
    ),
  )
  const panels = methods.map(method => h('div', { class: 'Panel' }, forms[method].box))
  const legend = h('legend', { class: 'unseen' }, words.method)
  const set = accordion
    ? h(
        'fieldset',
        { class: 'Accordion' },
        legend,
        ...labels.flatMap((label, index) => [label, panels[index]]),
      )
    : h('fieldset', { class: 'Tabs' }, legend, ...labels)
  const alone = methods.length === 1
  if (alone && !accordion) set.hidden = true
  const box = accordion ? set : h('div', {}, set, ...panels)

  let picked = null
  const pick = method => {
    picked = method
    for (const [index, name] of methods.entries()) {
      radios[index].checked = name === method
      panels[index].hidden = name !== method
      labels[index].classList.toggle('Tab--selected', name === method)
    }
  }
  for (const radio of radios) {
    radio.addEventListener('change', () => {
      pick(radio.value)
      onPick()
    })
  }
  pick(accordion && defaultCollapsed ? null : methods[0])
  return {
    box,
    picked: () => picked,
    collapse: () => accordion && pick(null),
    focus: () => (alone ? forms[methods[0]].fields[0].input : radios[0]).focus(),
  }
}
