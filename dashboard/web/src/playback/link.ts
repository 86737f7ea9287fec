/** The address of the playback of these cameras at an instant. */
export const playbackLink = (cameras: readonly string[], at?: number | string) => ({
  path: '/console/playback',
  query: { cameras: cameras.join(), ...(at === undefined ? {} : { at: new Date(at).toISOString() }) },
})
