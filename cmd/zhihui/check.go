package main

import (
	"fmt"

	"zhihui/configs"
)

type checkCommand struct {
	Files []string `arg:"" name:"file" help:"Settings or site files; which of the two a file is shows by its keys."`
}

// Run prints each fault as file:line:column: sentence, and "FILE: ok" for a file without one.
func (c checkCommand) Run(w world) error {
	failed := false
	for _, name := range c.Files {
		if err := configs.Check(name); err != nil {
			failed = true
			fmt.Fprintln(w.out, err)
			continue
		}
		fmt.Fprintf(w.out, "%s: ok\n", name)
	}
	if failed {
		return errSaid
	}
	return nil
}
