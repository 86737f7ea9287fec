package main

import (
	"context"
	"fmt"
	"io"
	"os/user"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"zhihui/dashboard/auth"
	"zhihui/models"
	"zhihui/models/store"
)

type userCommands struct {
	Add      userAddCommand      `cmd:"" help:"Add a person, or change one who is there."`
	Password userPasswordCommand `cmd:"" help:"Give a person another password; ends the sessions."`
	List     userListCommand     `cmd:"" help:"List the people."`
	Disable  userDisableCommand  `cmd:"" help:"Shut a person out; ends the sessions."`
}

// given is a password that somebody else gives to a person.
type given struct {
	Permanent     bool `help:"It need not be changed at the first login."`
	PasswordStdin bool `help:"Read the password from standard input (the only way: an argument would be seen by others)."`
}

// read puts the password into u.
func (g given) read(w world, s *store.Store, u *models.User) error {
	if !g.PasswordStdin {
		return models.FieldError("password", "write --password-stdin and send the password to standard input")
	}
	b, err := io.ReadAll(io.LimitReader(w.in, auth.MaxPassword*utf8.UTFMax+3)) // a byte too many is refused below, not cut off
	if err != nil {
		return fmt.Errorf("read the password: %w", err)
	}
	password := strings.TrimRight(string(b), "\r\n")
	site, err := s.In(store.Whole).Site(context.Background())
	if err != nil {
		return err
	}
	if err := auth.CheckPassword("password", password, u.Username, u.Name, site.Name); err != nil {
		return err
	}
	u.PasswordHash, err = auth.HashPassword(password)
	u.MustChange = !g.Permanent
	return err
}

type userAddCommand struct {
	Config   string      `help:"Settings file." default:"zhihui.yml" type:"path"`
	Username string      `arg:"" help:"Name to log in with."`
	Name     string      `help:"Name to show; the username when empty."`
	Role     models.Role `help:"admin, integrator, dispatcher, operator, grid or viewer." required:""`
	Area     string      `help:"The area that the person sees; the whole site when empty."`
	Subject  string      `help:"What the OIDC provider calls the person, who then needs no password."`
	given
}

// Run adds the user, or changes the name, role, area, subject and password of one who is there and lets the person in again.
func (c userAddCommand) Run(w world) (err error) {
	u := models.User{Username: c.Username, Name: c.Name, Role: c.Role, Area: c.Area, Subject: c.Subject}
	if u.Name == "" {
		u.Name = c.Username
	}
	s, err := openStore(c.Config)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	if c.PasswordStdin || c.Subject == "" {
		if err := c.read(w, s, &u); err != nil {
			return err
		}
	}
	if err := s.PutUser(context.Background(), u, whoRuns()); err != nil {
		return err
	}
	fmt.Fprintf(w.out, "%s can log in as %s\n", u.Username, u.Role)
	return nil
}

type userPasswordCommand struct {
	Config   string `help:"Settings file." default:"zhihui.yml" type:"path"`
	Username string `arg:""`
	given
}

// Run gives a person another password.
func (c userPasswordCommand) Run(w world) (err error) {
	s, err := openStore(c.Config)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	u, err := s.User(context.Background(), c.Username)
	if err != nil {
		return err
	}
	if err := c.read(w, s, &u); err != nil {
		return err
	}
	_, err = s.EditUser(context.Background(), c.Username, whoRuns(), func(now *models.User) error {
		now.PasswordHash, now.MustChange = u.PasswordHash, u.MustChange
		return nil
	})
	if err == nil {
		fmt.Fprintf(w.out, "%s has another password and is logged out everywhere\n", c.Username)
	}
	return err
}

type userDisableCommand struct {
	Config   string `help:"Settings file." default:"zhihui.yml" type:"path"`
	Username string `arg:""`
}

// Run shuts a person out.
func (c userDisableCommand) Run(w world) (err error) {
	s, err := openStore(c.Config)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	_, err = s.EditUser(context.Background(), c.Username, whoRuns(), func(u *models.User) error {
		u.Disabled = true
		return nil
	})
	if err == nil {
		fmt.Fprintf(w.out, "%s cannot log in any more and is logged out everywhere\n", c.Username)
	}
	return err
}

type userListCommand struct {
	Config string `help:"Settings file." default:"zhihui.yml" type:"path"`
}

// Run prints a line a person.
func (c userListCommand) Run(w world) (err error) {
	s, err := openStore(c.Config)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	people, err := s.Users(context.Background())
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "USERNAME\tROLE\tAREA\tSTATE\tNAME")
	for _, u := range people {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", u.Username, u.Role, dash(u.Area), stateOf(u), u.Name)
	}
	return t.Flush()
}

func stateOf(u models.User) string {
	switch {
	case u.Disabled:
		return "disabled"
	case u.MustChange:
		return "must change the password"
	}
	return "ok"
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// whoRuns names the person at the shell for the ledger.
func whoRuns() string {
	if u, err := user.Current(); err == nil {
		return "shell:" + u.Username
	}
	return "shell"
}
