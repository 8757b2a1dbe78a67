// Asks our server what became of the payment, less and less often, and shows the page again when it knows.
const { status, statusUrl, selfUrl, slow } = document.getElementById('waiting').dataset

const first = status === 'processing' ? 15_000 : 1_000
const most = status === 'processing' ? 120_000 : 10_000
const patience = 30_000
const started = Date.now()
let wait = first
let timer = setTimeout(ask, wait)

// Nobody looks: nobody asks. Whoever comes back gets an answer at once.
document.addEventListener('visibilitychange', () => {
  clearTimeout(timer)
  if (!document.hidden) timer = setTimeout(ask, 0)
})

async function ask() {
  if (await changed()) return location.replace(selfUrl)
  if (document.hidden) return
  wait = Math.min(wait * 1.4, most)
  if (slow && Date.now() - started > patience) document.getElementById('slow').textContent = slow
  clearTimeout(timer)
  timer = setTimeout(ask, wait)
}

async function changed() {
  try {
    const answer = await fetch(statusUrl, { headers: { accept: 'application/json' }, cache: 'no-store' })
    return answer.ok && (await answer.json()).status !== status
  } catch {
    return false
  }
}
