/** Where to go after the login: the page one came from, if it is one of ours; anything else leads to the wall. */
export function safeReturn(to: unknown): string {
  return typeof to === 'string' && /^\/(?![/\\])/.test(to) && !to.startsWith('/login') ? to : '/wall'
}
