package main

import (
	"fmt"

	"zhihui/models"
)

// Storm is bad weather from…to in every round. It reaches each camera that looks out on it up to Spread later.
type Storm struct {
	From   Span `yaml:"from"`
	To     Span `yaml:"to"`
	Spread Span `yaml:"spread,omitempty"`
}

// Moment is a line of the story that the script tells, for the person who watches.
type Moment struct {
	At   Span   `yaml:"at"`
	Text string `yaml:"text"`
	En   string `yaml:"en"`
}

func (s *Script) checkStory() error {
	if w := s.Storm; w != (Storm{}) && (w.From >= w.To || w.To+w.Spread >= s.Loop) {
		return models.FieldError("storm", "must begin before it ends and be over within the loop of %v", s.Loop)
	}
	for i, m := range s.Story {
		field := fmt.Sprintf("story[%d]", i)
		if m.At >= s.Loop || i > 0 && m.At <= s.Story[i-1].At {
			return models.FieldError(field+".at", "%v must come after the moment before and within the loop of %v", m.At, s.Loop)
		}
		if m.Text == "" || m.En == "" {
			return models.FieldError(field+".text", "a moment is told in both languages, text and en")
		}
	}
	return nil
}

type storyCmd struct {
	Script string `required:"" type:"path" placeholder:"FILE" help:"Script of the site (YAML)."`
	Lang   string `default:"zh" enum:"zh,en" help:"Language: zh or en."`
}

// Run prints a line for each moment of the story: when, and what happens.
func (c storyCmd) Run() error {
	script, err := LoadScript(c.Script)
	if err != nil {
		return err
	}
	for _, m := range script.Story {
		text := m.Text
		if c.Lang == "en" {
			text = m.En
		}
		s := int(m.At.Std().Seconds())
		if _, err := fmt.Printf("%d:%02d  %s\n", s/60, s%60, text); err != nil {
			return err
		}
	}
	return nil
}
