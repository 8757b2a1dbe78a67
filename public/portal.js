// Times in the reader's own zone, and the colour preview of the settings as it is typed.
const zone = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
localTimes(document)

export function localTimes(root) {
  for (const time of root.querySelectorAll('time[data-local]')) {
    time.title = time.textContent
    time.textContent = zone.format(new Date(time.dateTime))
  }
}

const field = document.querySelector('[data-color]')
field?.addEventListener('input', () => {
  if (!/^#[0-9a-f]{6}$/i.test(field.value)) return
  const preview = document.querySelector('[data-preview]')
  preview.querySelector('[data-fill]').setAttribute('fill', field.value)
  const dark = luminance(field.value) > 0.179
  preview.classList.toggle('ink-dark', dark)
  preview.classList.toggle('ink-light', !dark)
})

/** WCAG 2.2, "relative luminance"; black reads better than white on what is above 0.179. */
function luminance(color) {
  const [red, green, blue] = [1, 3, 5]
    .map(at => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
