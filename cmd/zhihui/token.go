package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"text/tabwriter"
)

type tokenCommands struct {
	Add    tokenAddCommand    `cmd:"" help:"Make a token for a source of readings that come over HTTP, and show it this once."`
	List   tokenListCommand   `cmd:"" help:"List the tokens."`
	Remove tokenRemoveCommand `cmd:"" help:"Take a token back, while the hall runs."`
}

type tokenAddCommand struct {
	Config string `help:"Settings file." default:"zhihui.yml" type:"path"`
	Name   string `arg:"" help:"Who will send readings by it."`
}

// Run prints the token alone, so that a script can take it.
func (c tokenAddCommand) Run(w world) (err error) {
	s, err := openStore(c.Config)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	secret := rand.Text()
	if err := s.CreatePushToken(context.Background(), c.Name, secret, whoRuns()); err != nil {
		return err
	}
	fmt.Fprintln(w.out, secret)
	return nil
}

type tokenListCommand struct {
	Config string `help:"Settings file." default:"zhihui.yml" type:"path"`
}

// Run prints a line a token.
func (c tokenListCommand) Run(w world) (err error) {
	s, err := openStore(c.Config)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	all, err := s.PushTokens(context.Background())
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tMADE AT\tBY")
	for _, x := range all {
		fmt.Fprintf(t, "%s\t%s\t%s\n", x.Name, x.CreatedAt, x.CreatedBy)
	}
	return t.Flush()
}

type tokenRemoveCommand struct {
	Config string `help:"Settings file." default:"zhihui.yml" type:"path"`
	Name   string `arg:""`
}

// Run takes a token back; the next request with it is refused.
func (c tokenRemoveCommand) Run(w world) (err error) {
	s, err := openStore(c.Config)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	if err := s.RevokePushToken(context.Background(), c.Name, whoRuns()); err != nil {
		return err
	}
	fmt.Fprintf(w.out, "%s can send no readings any more\n", c.Name)
	return nil
}
