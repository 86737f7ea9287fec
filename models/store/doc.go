// Package store keeps everything that must outlive the process: the site, its cameras and sensors, readings, events,
// alerts, orders, users and sessions, in one SQLite database, and snapshots as files beside it. The credentials of cameras are
// encrypted (credentials.go, keyring.go) with the key file that lies there too. Backup and Restore copy all of it.
//
// Every change of state is one Write: the row, its change row (which live pages follow), its ledger row when a person did
// it, and its notifications are there together or not at all.
//
// What a person sees and edits goes through a Scope (scope.go), which holds one area and all below it; the methods of Store are
// for the hall's own work. An aggregate has a file of its name; a whole site comes by site.go, a sheet of cameras by import.go
// and goes back by import_undo.go. backup.go, pack.go and unpack.go are the archive.
//
// Overflow: writes wait in a queue of 1,024; when it is full the callers wait, nothing is dropped. A Write that has returned
// nil is on the disk (synchronous=FULL). Reads never wait for writes. When the disk is full or read-only, a Write fails with a
// sentence for people and Fault says since when (fault.go); the next one that goes through is the end of it.
//
// Readings are many, and cheap for it (reading*.go): what comes in is packed and appended to a log in one write, a row for each of
// 16 shards of the sensors; when a minute is over, each shard at its own moment becomes a packed row a sensor and is added to the
// minute's and the hour's low, high, mean and count. All of it is in the tables, nothing in memory: after a kill the log goes on
// where it was.
//
// Of footage the store holds the index (segment*.go, clip.go, hold.go); the files are package recording's, which also decides what goes.
// A segment is kept while a clip or a hold covers it: each write that changes one of them sets that right, and the camera's totals, in
// the same transaction, a hold of a month in steps. A backup holds the index, because clips and holds are evidence and rows cost less
// than to read all files again; of footage whose files are gone, the recorder removes the rows at its start.
//
// Retention, by Config.Keep and done hourly by Run in small steps: readings go by age, and so do their minutes and hours, but the
// newest hour of each sensor stays; changes go by
// age, but the newest stays, so that ids never start again; snapshots go by age, and the oldest first when they are too big
// together; sessions go when they expire; notifications go by the age of changes once sent or given up. Events, alerts,
// orders and the ledger are never pruned. A clock that has leapt ahead by more than a month is not believed for a day.
package store
