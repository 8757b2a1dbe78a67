/**
 * The plain colour that lies behind an Element on the merchant's page, or null over a picture or gradient.
 * The frame paints it itself, so that native controls and contrast checks inside see what the shopper sees.
 */
export function backdropOf(element) {
  for (let place = element; place; place = place.parentElement) {
    const { backgroundColor, backgroundImage } = getComputedStyle(place)
    if (backgroundImage !== 'none') return null
    if (!/^(transparent|rgba\(.*, 0\))$/.test(backgroundColor)) {
      return backgroundColor.startsWith('rgb(') ? backgroundColor : null
    }
  }
  return null
}
