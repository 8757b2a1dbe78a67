// Leaves in the list what has every word that was typed.
const field = document.querySelector('.docs-find')
const items = [...document.querySelectorAll('[data-find]')]
const none = document.querySelector('.docs-none')

field.addEventListener('input', () => {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean)
  for (const item of items) item.hidden = !words.every(word => item.dataset.find.includes(word))
  for (const noun of document.querySelectorAll('.docs-nav > ul > li')) {
    const own = [...noun.querySelectorAll('[data-find]')]
    noun.hidden = words.length > 0 && own.every(item => item.hidden)
  }
  none.textContent = items.every(item => item.hidden) ? 'Nothing is called that.' : ''
})
