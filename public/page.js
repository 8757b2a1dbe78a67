// What any page may have: buttons that copy, and one that prints.
for (const button of document.querySelectorAll('[data-copy]')) {
  const label = button.textContent
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy)
    } catch {
      // No clipboard (plain http, or denied): select the text, so that one key press copies it.
      const code = button.parentElement.querySelector('code')
      getSelection().selectAllChildren(code)
      return
    }
    button.textContent = button.dataset.copied
    setTimeout(() => {
      button.textContent = label
    }, 2000)
  })
}

for (const button of document.querySelectorAll('[data-print]')) {
  button.addEventListener('click', () => print())
}
