import type { components } from './schema'

type Schemas = components['schemas']

export type Severity = Schemas['Severity']
export type CameraState = Schemas['CameraState']
export type Transport = Schemas['Transport']
export type Area = Schemas['Area']
export type Camera = Schemas['Camera']
export type Sensor = Schemas['Sensor']
export type Reading = Schemas['Reading']
export type Trend = Schemas['Trend']
export type Facts = Schemas['Facts']
export type Alert = Schemas['Alert']
export type Order = Schemas['Order']
export type Change = Schemas['Change']
export type Overview = Schemas['Overview']
export type Health = Schemas['Health']
export type Me = Schemas['Me']
export type User = Schemas['User']
export type UserEdit = Schemas['UserEdit']
export type Role = Schemas['Role']
export type RoleGrant = Schemas['RoleGrant']
export type Session = Schemas['Session']
export type WallToken = Schemas['WallToken']
export type LedgerRow = Schemas['LedgerRow']
export type Found = Schemas['Found']
export type Presence = Schemas['Presence']
export type Probe = Schemas['Probe']
export type FoundDevice = Schemas['FoundDevice']
export type FoundStream = Schemas['FoundStream']
export type CameraMeasure = Schemas['CameraMeasure']
export type CameraImport = Schemas['CameraImport']
export type CellFault = Schemas['CellFault']
export type HeardTopic = Schemas['HeardTopic']
export type MappingTry = Schemas['MappingTry']
export type Check = Health['checks'][number]
export type Lamp = Order['lamp']

/** The severities, gravest first: the order of every list that is not by time. */
export const severities: readonly Severity[] = ['red', 'orange', 'yellow', 'blue']

/** 0 for blue to 3 for red. */
export const rank = (severity: Severity): number => 3 - severities.indexOf(severity)
