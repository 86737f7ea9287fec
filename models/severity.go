package models

// Severity is how grave a thing is, in the four colours of the Chinese warning system (蓝黄橙红).
type Severity string

// The severities, from the least to the gravest.
const (
	Blue   Severity = "blue"
	Yellow Severity = "yellow"
	Orange Severity = "orange"
	Red    Severity = "red"
)

// An array, so that no one can append to it.
var severities = [...]Severity{Blue, Yellow, Orange, Red}

// Rank returns 0 for blue to 3 for red, −1 for anything else.
func (s Severity) Rank() int {
	for i, v := range severities {
		if v == s {
			return i
		}
	}
	return -1
}

// Valid tells whether s is one of the four.
func (s Severity) Valid() bool { return s.Rank() >= 0 }

// Graver returns the graver of s and t.
func (s Severity) Graver(t Severity) Severity {
	if t.Rank() > s.Rank() {
		return t
	}
	return s
}

// Lamp is an order's clock: green in time, yellow due soon, red overdue.
type Lamp string

// The lamps. An order that is closed or cancelled keeps the last one.
const (
	LampGreen  Lamp = "green"
	LampYellow Lamp = "yellow"
	LampRed    Lamp = "red"
)
