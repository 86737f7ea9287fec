// Package blackbox is the page that a pixel worker shares with its parent: the worker writes which camera's unit it is
// about to look at, and after its death the parent reads there who was at fault.
package blackbox

import (
	"encoding/binary"
	"os"
	"sync/atomic"
	"syscall"
	"unsafe"

	"zhihui/models"
)

// Stage is what the worker was doing.
type Stage uint8

// The stages, in the order of a unit's way.
const (
	Decode Stage = iota + 1
	Motion
	Infer
	Draw
)

func (s Stage) String() string {
	names := [...]string{Decode: "decode", Motion: "motion", Infer: "infer", Draw: "draw"}
	if s < Decode || s > Draw {
		return "unknown"
	}
	return names[s]
}

// Entry is one thing that the worker began.
type Entry struct {
	Camera string
	Seq    uint64
	Stage  Stage
	Count  uint64 // grows with each entry: the same Count for long means that the worker hangs
}

// The page: offsets in bytes, little endian.
const (
	pageSize = 4096
	magic    = 0x5a484242 // also the version of this layout
	atMagic  = 0
	atBusy   = 4
	atCount  = 8
	atSeq    = 16
	atStage  = 24
	atLength = 25
	atCamera = 26
)

// Box is the worker's side. It is used by one goroutine at a time.
type Box struct {
	page  []byte
	count uint64
}

// Create makes or empties the file of the page and maps it.
func Create(path string) (*Box, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, models.Errorf(models.Unavailable, "the black box cannot be written: %v", err)
	}
	defer f.Close()
	if err := f.Truncate(pageSize); err != nil {
		return nil, models.Errorf(models.Unavailable, "the black box cannot be written: %v", err)
	}
	page, err := syscall.Mmap(int(f.Fd()), 0, pageSize, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		return nil, models.Errorf(models.Unavailable, "the black box cannot be mapped: %v", err)
	}
	binary.LittleEndian.PutUint32(page[atMagic:], magic)
	return &Box{page: page}, nil
}

// Enter writes what begins now. It costs some nanoseconds and no system call.
func (b *Box) Enter(camera string, seq uint64, stage Stage) {
	b.Leave() // so that a death in between names nobody rather than half a name
	b.count++
	binary.LittleEndian.PutUint64(b.page[atCount:], b.count)
	binary.LittleEndian.PutUint64(b.page[atSeq:], seq)
	b.page[atStage] = byte(stage)
	b.page[atLength] = byte(copy(b.page[atCamera:atCamera+models.MaxID], camera))
	b.busy().Store(1)
}

// Leave says that what began has ended.
func (b *Box) Leave() { b.busy().Store(0) }

// busy is written last and cleared first; the page is aligned.
func (b *Box) busy() *atomic.Uint32 { return (*atomic.Uint32)(unsafe.Pointer(&b.page[atBusy])) }

// Close unmaps the page; the file stays for the parent.
func (b *Box) Close() error { return syscall.Munmap(b.page) }

// Read returns what the worker was doing, and false when it was between two things or never wrote.
func Read(path string) (Entry, bool) {
	page, err := os.ReadFile(path)
	if err != nil || len(page) != pageSize || binary.LittleEndian.Uint32(page[atMagic:]) != magic || page[atBusy] == 0 {
		return Entry{}, false
	}
	camera := string(page[atCamera : atCamera+min(int(page[atLength]), models.MaxID)])
	if !models.ValidID(camera) {
		return Entry{}, false
	}
	return Entry{Camera: camera, Seq: binary.LittleEndian.Uint64(page[atSeq:]), Stage: Stage(page[atStage]),
		Count: binary.LittleEndian.Uint64(page[atCount:])}, true
}
