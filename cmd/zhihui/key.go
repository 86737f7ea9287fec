package main

import (
	"context"
	"fmt"
)

type keyRotateCommand struct {
	Config string `help:"Settings file." default:"zhihui.yml" type:"path"`
}

// Run encrypts the cameras' passwords under a new key. A running zhihui on the same store goes on.
func (c keyRotateCommand) Run(w world) (err error) {
	s, err := openStore(c.Config)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	n, err := s.RotateKey(context.Background(), "zhihui key rotate")
	if err != nil {
		return err
	}
	fmt.Fprintf(w.out, "%d secrets are under a new key; backups made before need their own old key, which is in them\n", n)
	return nil
}
