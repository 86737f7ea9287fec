package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// part is something whose processor time is counted.
type part struct {
	name string
	used func() (time.Duration, error)
}

// ofProcess is the part of a process and its ended children.
func ofProcess(p *process) part {
	return ofAll(p.name, []*process{p})
}

// ofAll is the part of several processes of one kind.
func ofAll(name string, all []*process) part {
	return part{name, func() (sum time.Duration, err error) {
		for _, p := range all {
			t, err := alone(p.pid)
			if err != nil {
				return 0, err
			}
			sum += t
		}
		return sum, nil
	}}
}

const samplePeriod = 2 * time.Second

// observe lets d pass and returns how many cores each part has used meanwhile. Every 2 s, at the beginning and at the end
// it calls sample, which may be nil.
func observe(ctx context.Context, d time.Duration, parts []part, sample func() error) (map[string]float64, error) {
	begin := time.Now()
	before, err := usedBy(parts)
	if err != nil {
		return nil, err
	}
	for {
		if sample != nil {
			if err := sample(); err != nil {
				return nil, err
			}
		}
		left := d - time.Since(begin)
		if left <= 0 {
			break
		}
		if err := sleep(ctx, min(left, samplePeriod)); err != nil {
			return nil, err
		}
	}
	after, err := usedBy(parts)
	if err != nil {
		return nil, err
	}
	gone := time.Since(begin)
	cores := map[string]float64{}
	for i, p := range parts {
		cores[p.name] = rounded((after[i] - before[i]).Seconds() / gone.Seconds())
	}
	return cores, nil
}

func usedBy(parts []part) ([]time.Duration, error) {
	var all []time.Duration
	for _, p := range parts {
		t, err := p.used()
		if err != nil {
			return nil, fmt.Errorf("the processor time of %s: %w", p.name, err)
		}
		all = append(all, t)
	}
	return all, nil
}

// trace is how a figure went while it was looked at. Memory goes up and down between two collections of garbage, so what it
// began and ended with are the medians of the first and the last quarter.
type trace struct{ seen []float64 }

func (t *trace) add(v float64) { t.seen = append(t.seen, v) }

func (t *trace) first() float64 { return median(t.seen[:(len(t.seen)+3)/4]) }
func (t *trace) last() float64  { return median(t.seen[len(t.seen)*3/4:]) }
func (t *trace) most() float64  { return slices.Max(t.seen) }

func median(all []float64) float64 {
	return slices.Sorted(slices.Values(all))[len(all)/2]
}

// sleep waits for d, or for the end of ctx, which is an error.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// until asks again and again whether something has come, for most at the longest; then the error says what was waited for.
func until(ctx context.Context, most time.Duration, what string, come func() (bool, error)) error {
	for late := time.Now().Add(most); ; {
		ok, err := come()
		if ok || err != nil {
			return err
		}
		if time.Now().After(late) {
			return fmt.Errorf("waited %v in vain: %s", most, what)
		}
		if err := sleep(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}
