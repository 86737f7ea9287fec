package rules

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"zhihui/models"
)

// The bounds of an expression. It has no loops, so a run takes no more steps than it has parts.
const (
	maxExpr  = 500 // bytes
	maxParts = 200
	maxReads = 16 // sensors
)

// patience is how long an open event waits for a sensor of its expression that has said nothing since the hall began.
const patience = 5 * time.Minute

// vocabulary is what an expression may be made of, for the person who has written something else.
const vocabulary = `use numbers, value("SENSOR"), age("SENSOR") in seconds, + - * /, comparisons, and, or, not, abs, min, max`

// Heard is the newest word of a sensor.
type Heard struct {
	Value float64
	Age   time.Duration // of Value; of one that has said nothing yet, for how long it is listened to
	Known bool          // it has said something
	Stale bool          // it has said nothing for longer than its StaleAfter
}

// expression is a condition over several sensors, made ready.
type expression struct {
	program *vm.Program
	reads   []string // ids of the sensors that it asks for, each once
}

// words are what an expression can ask for.
type words struct {
	Value func(id string) float64 `expr:"value"`
	Age   func(id string) float64 `expr:"age"` // seconds
}

// compile makes an expression ready; of no text it makes none. The error says in which column it goes wrong.
func compile(text string) (expression, error) {
	switch {
	case text == "":
		return expression{}, nil
	case len(text) > maxExpr:
		return expression{}, fmt.Errorf("has %d bytes, write %d at most", len(text), maxExpr)
	}
	options := []expr.Option{
		expr.Env(words{}), expr.AsBool(), expr.MaxNodes(maxParts), expr.DisableAllBuiltins(),
		expr.EnableBuiltin("abs"), expr.EnableBuiltin("min"), expr.EnableBuiltin("max"),
	}
	config := conf.CreateNew()
	for _, set := range options {
		set(config)
	}
	tree, err := parser.ParseWithConfig(text, config)
	if err != nil {
		return expression{}, atColumn(err)
	}
	g := grammar{}
	if g.read(tree.Node); g.fault != nil {
		return expression{}, atColumn(g.fault.Bind(tree.Source))
	}
	if len(g.reads) == 0 || len(g.reads) > maxReads {
		return expression{}, fmt.Errorf("asks %d sensors, ask 1 to %d", len(g.reads), maxReads)
	}
	program, err := expr.Compile(text, options...)
	return expression{program, g.reads}, atColumn(err)
}

// atColumn says in one line where an expression goes wrong.
func atColumn(err error) error {
	var f *file.Error
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &f): // about the expression as a whole
		return fmt.Errorf("column 1: %w", err)
	}
	return fmt.Errorf("column %d: %s", f.Column+1, f.Message)
}

// grammar reads the parts of an expression, notes which sensors it asks, and finds the first part that is none of ours.
type grammar struct {
	reads []string
	fault *file.Error
}

func (g *grammar) read(n ast.Node) {
	switch n := n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
	case *ast.UnaryNode:
		g.read(n.Node)
	case *ast.BinaryNode:
		if !slices.Contains([]string{"+", "-", "*", "/", "==", "!=", "<", ">", "<=", ">=", "and", "&&", "or", "||"}, n.Operator) {
			g.refuse(n, fmt.Sprintf("%s is not known here, %s", n.Operator, vocabulary))
		}
		g.read(n.Left)
		g.read(n.Right)
	case *ast.BuiltinNode:
		for _, argument := range n.Arguments {
			g.read(argument)
		}
	case *ast.CallNode:
		g.ask(n)
	default:
		g.refuse(n, vocabulary)
	}
}

// ask takes a call such as value("underpass"): which sensors an expression reads must be known before it runs.
func (g *grammar) ask(n *ast.CallNode) {
	name, ok := n.Callee.(*ast.IdentifierNode)
	if !ok || name.Value != "value" && name.Value != "age" || len(n.Arguments) != 1 {
		g.refuse(n, vocabulary)
		return
	}
	id, ok := n.Arguments[0].(*ast.StringNode)
	if !ok || !models.ValidID(id.Value) {
		g.refuse(n, fmt.Sprintf("write the id of a sensor in quotes, such as %s(%q)", name.Value, "underpass"))
		return
	}
	if !slices.Contains(g.reads, id.Value) {
		g.reads = append(g.reads, id.Value)
	}
}

func (g *grammar) refuse(n ast.Node, says string) {
	if g.fault == nil {
		g.fault = &file.Error{Location: n.Location(), Message: says}
	}
}

// Reads returns the ids of the sensors that a rule judges beside its own; nil when there are none.
func (r Rule) Reads() []string { return r.expr.reads }

// ReadBy returns the ids of the sensors that the expression of a rule asks; nil when it has none that can run.
func ReadBy(r models.Rule) []string {
	x, err := compile(r.Expr)
	if err != nil {
		return nil // Check says why
	}
	return x.reads
}

// sensorExpression holds while the expression is true. It does not where one of its sensors is gone, silent or new.
func sensorExpression(r Rule, in Input) Verdict {
	values := make(map[string]float64, len(r.expr.reads))
	for _, id := range r.expr.reads {
		switch h, ok := in.Heard[id]; {
		case !ok:
			return Verdict{Reason: NoSensor}
		case h.Stale:
			return Verdict{Reason: InputStale}
		case !h.Known:
			return Verdict{Reason: NoValue, Unknown: h.Age < patience}
		default:
			values[id] = h.Value
		}
	}
	is, err := expr.Run(r.expr.program, words{
		Value: func(id string) float64 { return in.Heard[id].Value },
		Age:   func(id string) float64 { return in.Heard[id].Age.Seconds() },
	})
	switch {
	case err != nil:
		return Verdict{Reason: CannotTell}
	case is != true:
		return Verdict{Reason: IsFalse}
	}
	return Verdict{Holds: true, Reason: IsTrue, Facts: models.Facts{Expr: r.Expr, Inputs: values}}
}

func checkExpression(r models.Rule, k kind) error {
	switch {
	case !k.asks && r.Expr != "":
		return models.FieldError("expr", "%s asks no expression, leave expr out", r.Kind)
	case !k.asks:
		return nil
	case r.Expr == "":
		return models.FieldError("expr", "a %s needs an expression, such as %s", r.Kind, `value("underpass") > 0.2 and value("rain") > 10`)
	}
	if _, err := compile(r.Expr); err != nil {
		return models.FieldError("expr", "%v", err)
	}
	return nil
}
