package models

import (
	"errors"
	"fmt"
	"strings"
)

// Code names a kind of failure that a person or a program can act on. The API maps each to one HTTP status.
type Code string

// The codes. Internal is what everything without a code becomes outside; its cause goes to the log alone.
const (
	Invalid         Code = "invalid"
	MustChange      Code = "must_change" // the first password has to be changed before anything else
	NotFound        Code = "not_found"
	Conflict        Code = "conflict"
	Unauthenticated Code = "unauthenticated"
	Forbidden       Code = "forbidden"
	TooLarge        Code = "too_large"
	TooMany         Code = "too_many"
	Unavailable     Code = "unavailable"
	Internal        Code = "internal"
)

// Error is a failure with a sentence for a person: what is wrong, where, and what to do. It never holds a secret.
type Error struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	Field   string `json:"field,omitempty"` // the part of the input at fault, such as "zones.lane[2]"; "" = the whole
}

func (e *Error) Error() string {
	if e.Field != "" {
		return e.Field + ": " + e.Message
	}
	return e.Message
}

// Errorf returns an Error of the code with a formatted sentence.
func Errorf(code Code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// FieldError returns an Invalid Error about one field of the input.
func FieldError(field, format string, args ...any) error {
	return &Error{Code: Invalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// Faults gathers what is wrong with one input, so that a person sees all of it at once.
type Faults []error

// Add notes a FieldError unless ok. A dot in front of the field, left by an empty path, is cut off.
func (f *Faults) Add(ok bool, field, format string, args ...any) {
	if !ok {
		*f = append(*f, FieldError(strings.TrimPrefix(field, "."), format, args...))
	}
}

// Err returns the faults joined, nil when there are none.
func (f Faults) Err() error { return errors.Join(f...) }

// CodeOf returns the code of the first Error in err's tree, Internal where there is none, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}
