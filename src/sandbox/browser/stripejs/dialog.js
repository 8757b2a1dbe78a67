import { openFrame } from './frame.js'

/**
 * Shows a page of the sandbox over the merchant's page (a bank's challenge, a wallet's sheet) and resolves
 * with what it answers. `asked(type, payload)` answers, later or at once, what it asks meanwhile. The focus goes in,
 * and comes back to where it was.
 */
export function askInDialog({ page, query, title, payload, asked }) {
  return new Promise(resolve => {
    const before = document.activeElement
    const dialog = document.createElement('dialog')
    dialog.setAttribute('aria-label', title)
    const frame = openFrame({
      page,
      query: { ...query, view: 'dialog' },
      title,
      onMessage(type, answer) {
        if (type === 'hello') frame.tell('init', payload)
        else if (type === 'done') finish(answer)
        else asked?.(type, answer)?.then(said => frame.tell('answer', said))
      },
    })
    const finish = answer => {
      dialog.close()
      frame.close()
      dialog.remove()
      before?.focus?.()
      resolve(answer)
    }
    // Escape would leave the payment hanging: the shopper decides inside.
    dialog.addEventListener('cancel', event => {
      event.preventDefault()
      frame.tell('escape')
    })
    Object.assign(dialog.style, {
      border: '0',
      padding: '0',
      margin: '0',
      width: '100vw',
      height: '100dvh',
      maxWidth: '100vw',
      maxHeight: '100dvh',
      background: 'rgba(15, 18, 28, 0.6)',
    })
    Object.assign(frame.iframe.style, { width: '100%', height: '100%', margin: '0' })
    dialog.append(frame.iframe)
    document.body.append(dialog)
    dialog.showModal()
    frame.iframe.focus()
  })
}
