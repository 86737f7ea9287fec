package main

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// clockTick is the unit of processor time in /proc, on every Linux.
const clockTick = time.Second / 100

// usage is what the operating system has counted of a process.
type usage struct {
	parent      int
	own, reaped time.Duration // processor time in user and kernel mode: its own, and that of its children that have ended
}

// usageOf asks the processor clock of a running process, which counts in nanoseconds, and reads the rest from
// /proc/PID/stat, which counts in ticks: a process of a few milliseconds a tick would have cost nothing.
func usageOf(pid int) (usage, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return usage{}, err
	}
	u, err := parseStat(string(text))
	if err != nil {
		return usage{}, err
	}
	const scheduled = 2   // CPUCLOCK_SCHED of linux/posix-timers.h: what the scheduler has counted
	var now unix.Timespec // one that has ended and was not yet waited for has no clock any more
	if unix.ClockGettime(int32(^pid<<3|scheduled), &now) == nil {
		u.own = time.Duration(now.Nano())
	}
	return u, nil
}

// parseStat reads a line of /proc/PID/stat; see proc(5) for its fields. The second one is a name with anything in it.
func parseStat(line string) (usage, error) {
	fields := strings.Fields(line[strings.LastIndexByte(line, ')')+1:])
	var n [5]int64 // ppid, utime, stime, cutime, cstime
	for i, field := range [5]int{1, 11, 12, 13, 14} {
		if field >= len(fields) {
			return usage{}, fmt.Errorf("%.200q is no line of /proc/PID/stat", line)
		}
		var err error
		if n[i], err = strconv.ParseInt(fields[field], 10, 64); err != nil {
			return usage{}, err
		}
	}
	return usage{parent: int(n[0]), own: time.Duration(n[1]+n[2]) * clockTick, reaped: time.Duration(n[3]+n[4]) * clockTick}, nil
}

// children returns the running children of a process.
func children(pid int) ([]int, error) {
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	var own []int
	for _, path := range all {
		id, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			return nil, err
		}
		if u, err := usageOf(id); err == nil && u.parent == pid { // others come and go while we look
			own = append(own, id)
		}
	}
	return own, nil
}

// alone is the processor time of a process and of its children that have ended.
func alone(pid int) (time.Duration, error) {
	u, err := usageOf(pid)
	return u.own + u.reaped, err
}

// itself is the processor time of a process without its children.
func itself(pid int) (time.Duration, error) {
	u, err := usageOf(pid)
	return u.own, err
}

// offspring is the processor time of a process's children, those that have ended included.
func offspring(pid int) (time.Duration, error) {
	u, err := usageOf(pid)
	if err != nil {
		return 0, err
	}
	sum := u.reaped
	ids, err := children(pid)
	for _, id := range ids {
		if u, err := usageOf(id); err == nil { // one that has just ended is among the reaped at the next look
			sum += u.own + u.reaped
		}
	}
	return sum, err
}

// anonymous returns the memory of a process that is nobody else's and no file's, in megabytes.
func anonymous(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(text) {
		if rest, ok := bytes.CutPrefix(line, []byte("RssAnon:")); ok {
			kb, err := strconv.ParseFloat(string(bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(rest), []byte("kB")))), 64)
			return math.Round(kb*1024/1e5) / 10, err
		}
	}
	return 0, fmt.Errorf("/proc/%d/status has no RssAnon: this needs Linux 4.5", pid)
}

// descriptors returns how many files and sockets a process has open.
func descriptors(pid int) (float64, error) {
	all, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	return float64(len(all)), err
}
