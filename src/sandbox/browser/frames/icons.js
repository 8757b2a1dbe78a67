const svg =
  (...paths) =>
  () => {
    const image = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
    image.setAttribute('viewBox', '0 0 24 24')
    image.setAttribute('class', 'TabIcon')
    image.setAttribute('aria-hidden', 'true')
    for (const d of paths) {
      const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
      path.setAttribute('d', d)
      image.append(path)
    }
    return image
  }

/** One small line drawing per payment method type. */
export const icons = {
  card: svg('M3 6.5h18v11H3z', 'M3 10h18', 'M6 14.5h4'),
  ideal: svg('M3 9.5 12 4l9 5.5z', 'M5 10v8M10 10v8M14 10v8M19 10v8', 'M3 20h18'),
  us_bank_account: svg('M4 8h13l-3-3', 'M20 16H7l3 3'),
  sepa_debit: svg('M4 8h13l-3-3', 'M20 16H7l3 3'),
}
