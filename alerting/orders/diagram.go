package orders

import (
	"fmt"
	"strings"

	"zhihui/models"
)

// Diagram draws the transitions as a Mermaid state diagram, from the same table that the machine is made of.
func Diagram() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	fmt.Fprintf(&b, "    [*] --> %s\n", models.OrderReported)
	for _, e := range edges {
		switch {
		case e.to == "":
			for _, h := range edges {
				if h.act == models.ActHold {
					fmt.Fprintf(&b, "    %s --> %s: %s\n", e.from, h.from, e.act)
				}
			}
		case e.skips:
			fmt.Fprintf(&b, "    %s --> %s: %s (by policy)\n", e.from, e.to, e.act)
		default:
			fmt.Fprintf(&b, "    %s --> %s: %s\n", e.from, e.to, e.act)
		}
	}
	for _, s := range []models.OrderState{models.OrderClosed, models.OrderCancelled} {
		fmt.Fprintf(&b, "    %s --> [*]\n", s)
	}
	return b.String()
}
