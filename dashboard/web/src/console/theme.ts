import { onBeforeUnmount, ref, watchEffect } from 'vue'

export type Theme = 'dark' | 'light'

const remembered = 'zhihui.theme'

/** What was chosen on this machine before, else what its system prefers. */
export function firstTheme(storage: Pick<Storage, 'getItem'>, prefersLight: boolean): Theme {
  const stored = storage.getItem(remembered)
  return stored === 'light' || stored === 'dark' ? stored : prefersLight ? 'light' : 'dark'
}

/** The console's theme, put on the page for as long as the console is open: the wall is dark whatever it is. */
export function useTheme() {
  const root = document.documentElement
  const theme = ref<Theme>(firstTheme(localStorage, matchMedia('(prefers-color-scheme: light)').matches))
  watchEffect(() => {
    root.dataset.theme = theme.value
    root.classList.toggle('dark', theme.value === 'dark') // what Element Plus goes by
  })
  onBeforeUnmount(() => {
    delete root.dataset.theme
    root.classList.remove('dark')
  })
  function toggle() {
    theme.value = theme.value === 'dark' ? 'light' : 'dark'
    localStorage.setItem(remembered, theme.value)
  }
  return { theme, toggle }
}
