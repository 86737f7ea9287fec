/** Where to go after the login: the page one came from, if it is one of ours; anything else leads home. */
export function safeReturn(to: unknown, home = '/wall'): string {
  return typeof to === 'string' && /^\/(?![/\\])/.test(to) && !/^\/(login|password|screen)\b/.test(to) ? to : home
}
