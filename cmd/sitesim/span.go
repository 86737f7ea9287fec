package main

import (
	"time"

	"github.com/goccy/go-yaml/ast"

	"zhihui/models"
)

// Span is a duration in the script, such as 0.5s or 2m. It is a type of its own because the YAML library tells the line
// of a wrong value only to what reads the node itself.
type Span time.Duration

// Std returns s as a time.Duration.
func (s Span) Std() time.Duration { return time.Duration(s) }

// String returns s as time.Duration writes it.
func (s Span) String() string { return s.Std().String() }

// UnmarshalYAML reads what time.ParseDuration reads; a negative duration is an error.
func (s *Span) UnmarshalYAML(node ast.Node) error {
	word := node.GetToken().Value
	d, err := time.ParseDuration(word)
	if err != nil || d < 0 {
		return models.Errorf(models.Invalid, "[%d:%d] %.40q is no duration, write one such as 500ms, 0.5s or 5m",
			node.GetToken().Position.Line, node.GetToken().Position.Column, word)
	}
	*s = Span(d)
	return nil
}
