package auth

// generation bounds what lately remembers: between so many keys and twice as many.
const generation = 4096

// lately remembers something of each key that was asked for lately, between 4,096 and 8,192 of them: strangers choose the
// keys, and must not fill the memory. The zero lately is empty; whoever has one locks it.
type lately[T any] struct {
	young, old map[string]*T
}

// of returns what is remembered of a key; of a new or forgotten one, what begin makes.
func (l *lately[T]) of(key string, begin func() *T) *T {
	if v, ok := l.young[key]; ok {
		return v
	}
	v, ok := l.old[key]
	if !ok {
		v = begin()
	}
	if l.young == nil || len(l.young) >= generation {
		l.old, l.young = l.young, map[string]*T{}
	}
	l.young[key] = v
	return v
}

func (l *lately[T]) forget(key string) {
	delete(l.young, key)
	delete(l.old, key)
}
