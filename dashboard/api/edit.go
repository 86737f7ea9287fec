package api

import (
	"fmt"

	"zhihui/models"
)

// newID returns the id that a new thing is given, or why it cannot have it. look returns NotFound where no thing has it: an
// id is given once, whether who asks sees the other thing or not.
func newID(what string, given *string, look func(id string) error) (string, error) {
	id := value(given)
	if !models.ValidID(id) {
		return "", models.FieldError("id", "an id has 1 to %d of a-z A-Z 0-9 . _ - and does not start with a dot", models.MaxID)
	}
	switch err := look(id); {
	case err == nil:
		return "", &models.Error{Code: models.Conflict, Field: "id", Message: fmt.Sprintf("there is a %s %q already", what, id)}
	case models.CodeOf(err) != models.NotFound:
		return "", err
	}
	return id, nil
}

// sameID returns an Invalid error when an edit gives another id.
func sameID(what string, given *string, id string) error {
	if g := value(given); g != "" && g != id {
		return models.FieldError("id", "the id of a %s cannot be changed, remove it and add it again", what)
	}
	return nil
}

// set puts what is given into the field.
func set[T any](field *T, given *T) {
	if given != nil {
		*field = *given
	}
}
