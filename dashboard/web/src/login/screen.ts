const remembered = 'zhihui.screen'

/** The wall token in the fragment of a screen's link, "" when there is none. */
export function tokenIn(hash: string): string {
  return /^#token=([\w.~-]{20,128})$/.exec(hash)?.[1] ?? ''
}

/** The token that this screen was opened with: it lets the wall come back after a restart of the browser. */
export const screenToken = (storage: Pick<Storage, 'getItem'>): string => storage.getItem(remembered) ?? ''

export const keepToken = (storage: Pick<Storage, 'setItem'>, token: string) => storage.setItem(remembered, token)

export const dropToken = (storage: Pick<Storage, 'removeItem'>) => storage.removeItem(remembered)
