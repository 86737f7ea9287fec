package api

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/gin-gonic/gin"

	"zhihui/dashboard/auth"
	"zhihui/models"
)

//go:embed openapi.yml
var spec []byte

// contract is openapi.yml, by operation.
type contract map[auth.Route]*routers.Route

func loadContract() (contract, error) {
	doc, err := openapi3.NewLoader().LoadFromData(spec)
	if err != nil {
		return nil, fmt.Errorf("read openapi.yml: %w", err)
	}
	c := contract{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			c[auth.Route{Method: method, Path: path}] = &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: op}
		}
	}
	return c, nil
}

// validate refuses what does not fit the contract, before any handler sees it.
func (a *API) validate(c *gin.Context) {
	if err := a.contract.check(c); err != nil {
		a.refuse(c, err)
	}
}

func (k contract) check(c *gin.Context) error {
	r, ok := k[route(c)]
	if !ok {
		return models.Errorf(models.NotFound, "the contract has no such operation")
	}
	if Base+r.Path != auth.OIDCCallback { // to which providers add what they like (RFC 6749, 4.1.2)
		if err := knownQuery(r, c.Request); err != nil {
			return err
		}
	}
	params := map[string]string{}
	for _, p := range c.Params {
		params[p.Key] = p.Value
	}
	return openapi3filter.ValidateRequest(c.Request.Context(), &openapi3filter.RequestValidationInput{
		Request: c.Request, PathParams: params, Route: r,
		Options: &openapi3filter.Options{
			AuthenticationFunc:  openapi3filter.NoopAuthenticationFunc, // the guard was here
			SkipSettingDefaults: true,
		},
	})
}

// knownQuery refuses query parameters that the operation does not have: a misspelt filter must not show everything.
func knownQuery(r *routers.Route, req *http.Request) error {
	query, err := url.ParseQuery(req.URL.RawQuery)
	if err != nil { // what follows would be left out in silence
		return models.Errorf(models.Invalid, "the part of the address behind the question mark cannot be read")
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if r.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			return models.FieldError(fmt.Sprintf("%.64s", name), "there is no such parameter here")
		}
	}
	return nil
}

// unreadable puts the validator's and the decoder's errors into one sentence with its field; they never repeat the input.
func unreadable(err error) error {
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return models.Errorf(models.TooLarge, "the body is too big, %d bytes are taken at most", tooBig.Limit)
	}
	e := &models.Error{Code: models.Invalid, Message: "the request cannot be read"}
	var request *openapi3filter.RequestError
	if errors.As(err, &request) {
		e.Message = "the body is no JSON that fits the contract"
		if request.Parameter != nil {
			e.Field, e.Message = request.Parameter.Name, "this must be a "+kindOf(request.Parameter.Schema)
		}
	}
	var schema *openapi3.SchemaError
	if errors.As(err, &schema) {
		e.Message = sentence(schema)
		if path := schema.JSONPointer(); len(path) > 0 {
			e.Field = fmt.Sprintf("%.128s", strings.Join(path, "."))
		}
	}
	return e
}

func sentence(e *openapi3.SchemaError) string {
	switch e.SchemaField {
	case "format":
		return "this must be a " + kindOf(&openapi3.SchemaRef{Value: e.Schema})
	case "pattern":
		return "this must be a " + e.Schema.Description
	}
	return fmt.Sprintf("%.200s", e.Reason)
}

// kindOf names what a value must be, for a person.
func kindOf(s *openapi3.SchemaRef) string {
	switch {
	case s == nil || s.Value == nil:
		return "value of another kind"
	case s.Value.Format == "date-time":
		return "time such as 2026-05-01T12:14:36Z"
	case s.Value.Type.Is("integer"):
		return "whole number within its bounds"
	}
	return fmt.Sprintf("%.40s", strings.Join(s.Value.Type.Slice(), " or "))
}
