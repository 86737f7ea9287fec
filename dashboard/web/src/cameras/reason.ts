import type { Translate } from '@/alerts/why'
import type { Camera } from '@/api/types'

/** The reasons that the page says itself, in its own language; newer ones come with the server's sentence. */
export const spokenReasons = [
  'bad_address', 'out_of_reach', 'refused', 'unreachable', 'auth_refused', 'not_found', 'rejected', 'untrusted', 'garbage', 'no_video', 'silent', 'ended', 'no_key_units', 'lossy',
  'unsteady', 'changed',
] as const // prettier-ignore

const known: readonly string[] = spokenReasons

/** Why a camera is not well, in the page's language; "" when it is. */
export const reasonOf = (camera: Pick<Camera, 'code' | 'reason'>, t: Translate): string =>
  known.includes(camera.code) ? t(`cameraReason.${camera.code}`) : camera.reason
