package configs

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"zhihui/models"
)

// MaxFaults bounds how many faults one file is told of at once.
const MaxFaults = 100

// Fault is one thing wrong in a file, with its place.
type Fault struct {
	File    string
	Line    int // from 1; 0 = the file as a whole
	Column  int
	Message string
}

// String is the fault as compilers write theirs: file:line:column: sentence.
func (f Fault) String() string {
	if f.Line == 0 {
		return fmt.Sprintf("%s: %s", f.File, f.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Message)
}

// Faults are all that is wrong in one file, by line. It is an error when there is one.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, v := range f {
		lines[i] = v.String()
	}
	return strings.Join(lines, "\n")
}

// document is one parsed YAML file.
type document struct {
	name string
	file *ast.File
}

func parse(name string, text []byte) (document, error) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return document{}, Faults{faultOf(name, err)}
	}
	if len(file.Docs) > 1 {
		return document{}, Faults{{File: name, Message: "holds several documents (---), write one"}}
	}
	return document{name: name, file: file}, nil
}

// decode fills into from the document, strictly: an unknown key or a wrong type is a fault. It takes what is at fault
// out and tries again, so that a person is told of everything at once.
func (d document) decode(into any) Faults {
	var faults Faults
	if len(d.file.Docs) == 0 || d.file.Docs[0].Body == nil {
		return Faults{{File: d.name, Message: "is empty"}}
	}
	body := d.file.Docs[0].Body
	for len(faults) < MaxFaults {
		err := yaml.NodeToValue(body, into, yaml.Strict())
		if err == nil {
			break
		}
		f := faultOf(d.name, err)
		if f.Line == 0 {
			f.Line, f.Column = quoted(body, into, f.Message)
		}
		faults = append(faults, f)
		if f.Line == 0 || !cut(body, f) {
			break
		}
	}
	slices.SortStableFunc(faults, func(a, b Fault) int { return cmp.Compare(a.Line, b.Line) })
	return faults
}

// quoted finds the scalar that a message begins with: a type that reads itself from text, such as models.Duration, says
// what it was given but cannot know where that stood. Of several of the same text it is the one with which the message
// changes.
func quoted(body ast.Node, into any, message string) (line, column int) {
	q, err := strconv.QuotedPrefix(message)
	if err != nil {
		return 0, 0
	}
	text, err := strconv.Unquote(q)
	if err != nil {
		return 0, 0
	}
	ast.Walk(visitor(func(n ast.Node) {
		s, ok := n.(ast.ScalarNode)
		if !ok || line != 0 || s.GetToken().Value != text {
			return
		}
		restore := spoil(s)
		err := yaml.NodeToValue(body, into, yaml.Strict())
		restore()
		if err == nil || err.Error() != message {
			line, column = s.GetToken().Position.Line, s.GetToken().Position.Column
		}
	}), body)
	return line, column
}

// spoil changes the text of a scalar until restore is called.
func spoil(n ast.ScalarNode) (restore func()) {
	t := n.GetToken()
	value, origin := t.Value, t.Origin
	t.Value, t.Origin = value+"?", strings.Replace(origin, value, value+"?", 1)
	return func() { t.Value, t.Origin = value, origin }
}

func faultOf(name string, err error) Fault {
	f := Fault{File: name, Message: err.Error()}
	var y yaml.Error
	if errors.As(err, &y) {
		f.Message = sentence(y)
		if t := y.GetToken(); t != nil {
			f.Line, f.Column = t.Position.Line, t.Position.Column
		}
	}
	return f
}

// sentence says what the library found in words for a person.
func sentence(err yaml.Error) string {
	m := err.GetMessage()
	if i := strings.Index(m, "unknown field "); i >= 0 {
		return m[i:] + ": there is no such key here, remove it or mend its spelling"
	}
	from, rest, _ := strings.Cut(strings.TrimPrefix(m, "cannot unmarshal "), " into Go ")
	if _, to, ok := strings.Cut(rest, " of type "); ok {
		if kindOf(from) == "a mapping" && to == "string" { // as 22:00-06:00 is inside of brackets
			return "this is a mapping, write text: between quotes where there is a colon in it"
		}
		return fmt.Sprintf("this is %s, write %s", kindOf(from), kindOf(to))
	}
	return m
}

// kindOf names a type of Go in words of YAML.
func kindOf(t string) string {
	switch {
	case t == "string":
		return "text"
	case t == "bool":
		return "true or false"
	case strings.HasPrefix(t, "int"), strings.HasPrefix(t, "uint"):
		return "a whole number"
	case strings.HasPrefix(t, "float"):
		return "a number"
	case strings.HasPrefix(t, "[]"):
		return "a list"
	case strings.HasPrefix(t, "map["):
		return "a mapping"
	}
	return "a " + t
}

// cut removes from the tree the innermost entry that holds the place of the fault, and tells whether there was one.
func cut(n ast.Node, f Fault) bool {
	switch v := n.(type) {
	case *ast.AnchorNode:
		return cut(v.Value, f) // what the anchor names must stay, others may stand on it
	case *ast.MappingNode:
		for i, e := range v.Values {
			if at(e.Key.GetToken(), f) || cut(e.Value, f) {
				if at(e.Key.GetToken(), f) {
					v.Values = append(v.Values[:i:i], v.Values[i+1:]...)
				}
				return true
			}
			if holds(e.Value, f) {
				v.Values = append(v.Values[:i:i], v.Values[i+1:]...)
				return true
			}
		}
	case *ast.SequenceNode:
		for i, e := range v.Values {
			if cut(e, f) {
				return true
			}
			if holds(e, f) {
				v.Values = append(v.Values[:i:i], v.Values[i+1:]...)
				return true
			}
		}
	}
	return false
}

func at(t *token.Token, f Fault) bool {
	return t != nil && t.Position.Line == f.Line && t.Position.Column == f.Column
}

// holds tells whether any token of the node stands at the place of the fault.
func holds(n ast.Node, f Fault) bool {
	found := false
	ast.Walk(visitor(func(n ast.Node) {
		found = found || at(n.GetToken(), f)
	}), n)
	return found
}

type visitor func(ast.Node)

func (v visitor) Visit(n ast.Node) ast.Visitor {
	v(n)
	return v
}

// place gives the errors of a Validate their lines: a FieldError's field, such as cameras[3].zones.lane, is a path into
// the document.
func (d document) place(err error) Faults {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all Faults
		for _, e := range joined.Unwrap() {
			all = append(all, d.place(e)...)
		}
		return all
	}
	f := Fault{File: d.name, Message: err.Error()}
	var e *models.Error
	if errors.As(err, &e) && e.Field != "" {
		if t := d.find(e.Field); t != nil {
			f.Line, f.Column = t.Position.Line, t.Position.Column
		}
	}
	return Faults{f}
}

// find returns the token of the field, or of the nearest thing above it that the file has.
func (d document) find(field string) *token.Token {
	for field != "" {
		p, err := yaml.PathString("$." + field)
		if err == nil {
			if n, err := p.FilterFile(d.file); err == nil && n != nil {
				if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
					return m.Values[0].Key.GetToken()
				}
				return n.GetToken()
			}
		}
		field = field[:max(strings.LastIndexAny(field, ".["), 0)]
	}
	return nil
}
