import type { Alert, Area, Camera, Order, Sensor } from '@/api/types'

/** Things as the API shows them, for tests: everything that a test does not care about is filled in. */
const at = '2026-05-01T12:00:00.000Z'

export const anAlert = (o: Partial<Alert> = {}): Alert => ({
  id: '01A', kind: 'intrusion', severity: 'orange', state: 'open', area: 'g1', source: 'cam-1', source_type: 'camera', fingerprint: 'f',
  why: '服务器的话', facts: {}, event: '01E', events: 1, open_events: 1, opened_at: at, updated_at: at, resolved_at: null, captured_at: at,
  snapshot: '', acknowledged_by: '', acknowledged_at: null, confirmed_by: '', confirmed_at: null, decided_by: '', decided_at: null, note: '', order: '', ...o,
}) // prettier-ignore

export const anOrder = (o: Partial<Order> = {}): Order => ({
  id: '01O', number: 7, alert: '01A', kind: 'intrusion', severity: 'orange', area: 'g1', source: 'cam-1', why: '服务器的话', facts: {},
  state: 'reported', lamp: 'green', assignee: '', due_at: '2026-05-01T12:10:00.000Z', yellow_at: '2026-05-01T12:07:00.000Z',
  created_at: at, updated_at: at, done_at: null, ...o,
}) // prettier-ignore

export const aCamera = (o: Partial<Camera> = {}): Camera => ({
  id: 'cam-1', name: '一号', state: 'online', code: '', reason: '', since: at, area: 'g1', url: 'rtsp://x/1', disabled: false, analyse: false,
  place: { lon: 116.4, lat: 39.8 }, heading: 90, zones: null, rules: null, revision: 1, ...o,
}) // prettier-ignore

export const aSensor = (o: Partial<Sensor> = {}): Sensor => ({
  id: 'sen-1', name: '水位', area: 'g1', kind: 'water_level', unit: 'm', topic: 't', mapping: {}, stale_after: '1m', place: { lon: 116.41, lat: 39.81 },
  camera: '', disabled: false, rules: null, revision: 1, state: 'ok', since: at, value: 0.2, at, bad_payloads: 0, last_fault: '', ...o,
}) // prettier-ignore

export const anArea = (o: Partial<Area> & Pick<Area, 'id' | 'kind'>): Area => ({ name: o.id, parent: '', boundary: null, ...o })

/** street – two communities – three grids. */
export const someAreas = new Map(
  [
    anArea({ id: 's', kind: 'street' }),
    anArea({ id: 'c1', kind: 'community', parent: 's', boundary: [[0, 0], [1, 0], [1, 1]] }),
    anArea({ id: 'c2', kind: 'community', parent: 's', boundary: [[1, 0], [2, 0], [2, 1]] }),
    anArea({ id: 'g1', kind: 'grid', parent: 'c1' }),
    anArea({ id: 'g2', kind: 'grid', parent: 'c1' }),
    anArea({ id: 'g3', kind: 'grid', parent: 'c2' }),
  ].map((a) => [a.id, a]),
) // prettier-ignore
