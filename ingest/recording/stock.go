package recording

import "sync"

const (
	stockMost = 16      // slices that lie ready
	stockCap  = 1 << 20 // elements of one; a larger one is not kept
)

// stock is slices that are used again. The zero value is ready.
type stock[T any] struct {
	mu   sync.Mutex
	free [][]T
}

// get returns an empty slice.
func (s *stock[T]) get() []T {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.free)
	if n == 0 {
		return nil
	}
	b := s.free[n-1]
	s.free = s.free[:n-1]
	return b
}

// put takes one back; what it held is let go.
func (s *stock[T]) put(b []T) {
	clear(b)
	s.mu.Lock()
	defer s.mu.Unlock()
	if cap(b) > 0 && cap(b) <= stockCap && len(s.free) < stockMost {
		s.free = append(s.free, b[:0])
	}
}
