import type { Camera, Recording, Transport } from '@/api/types'

export const transports: Transport[] = ['auto', 'tcp', 'udp', 'multicast']

/** A camera as its form has it; the credentials are never shown, only given. */
export interface CameraFields {
  id: string
  name: string
  area: string
  url: string
  username: string
  password: string
  transport: Transport
  /** Where its device answers by ONVIF, host:port, and the profile that it plays there; '' = only its stream is known. */
  onvif: string
  profile: string
  analyse: boolean
  /** What the camera reports by itself becomes an event. */
  alarms: boolean
  disabled: boolean
  record: Recording
  heading: number
  lon: number
  lat: number
}

export const noCamera = (id: string, area: string, lon: number, lat: number): CameraFields => ({ id, name: '', area, url: '', username: '', password: '', transport: 'auto', onvif: '', profile: '', analyse: true, alarms: false, disabled: false, record: {}, heading: 0, lon, lat })

export const fieldsOf = (c: Camera): CameraFields => ({
  id: c.id, name: c.name, area: c.area, url: c.url, username: '', password: '', transport: c.transport ?? 'auto', onvif: c.onvif?.address ?? '', profile: c.onvif?.profile ?? '', analyse: c.analyse, alarms: c.alarms ?? false, disabled: c.disabled, record: c.record ?? {}, heading: c.heading, lon: c.place.lon, lat: c.place.lat,
}) // prettier-ignore

/** What an edit sends: credentials only when they were typed. */
export function bodyOf(f: CameraFields) {
  const { name, area, url, transport, onvif: address, profile, analyse, alarms, disabled, record, heading, lon, lat, username, password } = f
  return { name, area, url, transport, onvif: address ? { address, profile } : { address }, analyse, alarms, disabled, record, heading, place: { lon, lat }, ...(username && { username }), ...(password && { password }) }
}

/** What a probe is asked: the stored camera as long as its address and credentials are untouched. */
export const probeOf = (f: CameraFields, stored?: Camera) =>
  stored && f.url === stored.url && !f.username && !f.password
    ? { camera: stored.id, transport: f.transport }
    : { url: f.url, username: f.username, password: f.password, transport: f.transport }

/** Whether the camera's own alarms are looked for beside its stream, which is then another one. */
export const besideStream = (f: Pick<CameraFields, 'alarms' | 'onvif'>) => f.alarms && !f.onvif
