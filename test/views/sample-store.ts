export interface Sample {
  name: string
  template: string
  model: Record<string, unknown>
}

export const picture = (color: string) =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" fill="${color}"/><circle cx="24" cy="24" r="12" fill="#fff" fill-opacity=".7"/></svg>`)}`

export const store = { id: '0192f0c1-0000-7000-8000-000000000001', name: 'Blue Bottle Books' }
export const branded = { ...store, name: 'Fjord & Fern', logo_url: picture('#0f4c3a'), color: '#0f4c3a' }

export const long =
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft 👩🏽‍🚀 "Limited" Edition, with a name that goes on and on'
