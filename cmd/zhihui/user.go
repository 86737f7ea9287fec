package main

import (
	"context"
	"fmt"
	"io"
	"os/user"
	"strings"

	"zhihui/dashboard/auth"
	"zhihui/models"
)

type userAddCommand struct {
	Config        string      `help:"Settings file." default:"zhihui.yml" type:"path"`
	Username      string      `arg:"" help:"Name to log in with."`
	Name          string      `help:"Name to show; the username when empty."`
	Role          models.Role `help:"admin, integrator, dispatcher, operator, grid or viewer." required:""`
	PasswordStdin bool        `help:"Read the password from standard input (the only way: an argument would be seen by others)." required:""`
}

// Run adds the user, or changes the name, role and password of one who is there.
func (c userAddCommand) Run(w world) (err error) {
	if !models.ValidID(c.Username) {
		return models.FieldError("username", "%q is no username: write 1 to %d of a-z A-Z 0-9 . _ -", c.Username, models.MaxID)
	}
	if !c.Role.Valid() {
		return models.FieldError("role", "%q is no role: write admin, integrator, dispatcher, operator, grid or viewer", c.Role)
	}
	b, err := io.ReadAll(io.LimitReader(w.in, auth.MaxPassword+3)) // a byte too many is refused below, not cut off
	if err != nil {
		return fmt.Errorf("read the password: %w", err)
	}
	hash, err := auth.HashPassword(strings.TrimRight(string(b), "\r\n"))
	if err != nil {
		return err
	}
	s, err := openStore(c.Config)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	name := c.Name
	if name == "" {
		name = c.Username
	}
	u := models.User{Username: c.Username, Name: name, Role: c.Role, PasswordHash: hash}
	if err := s.PutUser(context.Background(), u, whoRuns()); err != nil {
		return err
	}
	fmt.Fprintf(w.out, "%s can log in as %s\n", u.Username, u.Role)
	return nil
}

// whoRuns names the person at the shell for the ledger.
func whoRuns() string {
	if u, err := user.Current(); err == nil {
		return "shell:" + u.Username
	}
	return "shell"
}
