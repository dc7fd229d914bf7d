/** The two themes. Without a choice the system's is followed. */
export type Theme = 'light' | 'dark'

const storageKey = 'guildhall.theme'
let current = $state<Theme>('light')

/** The theme on the screen. */
export const theme = {
  get current(): Theme {
    return current
  },
}

/** Takes the chosen theme, else the system's, and follows the system while nothing is chosen. */
export function startTheme(): void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const chosen = localStorage.getItem(storageKey)
  const isChosen = chosen === 'light' || chosen === 'dark'
  current = isChosen ? chosen : system.matches ? 'dark' : 'light'
  if (isChosen) document.documentElement.dataset['theme'] = chosen
  system.addEventListener('change', (event) => {
    if (localStorage.getItem(storageKey) === null) current = event.matches ? 'dark' : 'light'
  })
}

/** Chooses the other theme, on this device. */
export function switchTheme(): void {
  current = current === 'dark' ? 'light' : 'dark'
  document.documentElement.dataset['theme'] = current
  localStorage.setItem(storageKey, current)
}
