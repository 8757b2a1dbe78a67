// Asks our server what became of the payment, less and less often, and shows the page again when it knows.
const { status, statusUrl, selfUrl, slow } = document.getElementById('waiting').dataset

const first = status === 'processing' ? 15_000 : 1_000
const most = status === 'processing' ? 120_000 : 10_000
const patience = 30_000
const started = Date.now()
let wait = first

setTimeout(ask, wait)
// A phone that was asleep should not wait out its pause.
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) wait = first
})

async function ask() {
  if (document.hidden || !(await changed())) {
    wait = Math.min(wait * 1.4, most)
    if (slow && Date.now() - started > patience) document.getElementById('slow').textContent = slow
    setTimeout(ask, wait)
  } else location.replace(selfUrl)
}

async function changed() {
  try {
    const answer = await fetch(statusUrl, { headers: { accept: 'application/json' }, cache: 'no-store' })
    return answer.ok && (await answer.json()).status !== status
  } catch {
    return false
  }
}
