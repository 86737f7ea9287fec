package configs

import (
	"errors"
	"fmt"
	"os"

	"github.com/goccy/go-yaml/ast"

	"zhihui/models"
	"zhihui/models/store"
)

// maxFile bounds a file, in bytes: a site of 33,000 cameras has about 20 MB.
const maxFile = 64 << 20

// Load reads the settings; what the file leaves out is as in Default. The error is Faults when the file was read.
func Load(name string) (Config, error) {
	c := Default()
	d, err := open(name)
	if err != nil {
		return Config{}, err
	}
	if err := d.fill(&c, func() error { return c.Validate() }); err != nil {
		return Config{}, err
	}
	return c, nil
}

// LoadSite reads the declaration of a site and checks all that can be checked without a store. The error is Faults when
// the file was read.
func LoadSite(name string) (models.Site, error) {
	var s models.Site
	d, err := open(name)
	if err != nil {
		return models.Site{}, err
	}
	if err := d.fill(&s, func() error { return checkSite(s) }); err != nil {
		return models.Site{}, err
	}
	return s, nil
}

// Check names every fault of a settings or site file, as Faults; nil when there is none.
func Check(name string) error {
	d, err := open(name)
	if err != nil {
		return err
	}
	if d.isSite() {
		var s models.Site
		return d.fill(&s, func() error { return checkSite(s) })
	}
	c := Default()
	return d.fill(&c, func() error { return c.Validate() })
}

// checkSite looks at the references first, then at what each rule needs.
func checkSite(s models.Site) error {
	return errors.Join(store.ValidateSite(s), checkRules(s))
}

func open(name string) (document, error) {
	f, err := os.Stat(name)
	if err != nil {
		return document{}, fmt.Errorf("cannot read %w", err)
	}
	if f.Size() > maxFile {
		return document{}, Faults{{File: name, Message: fmt.Sprintf("has %d bytes, %d are the most", f.Size(), maxFile)}}
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return document{}, fmt.Errorf("cannot read %w", err)
	}
	return parse(name, text)
}

// fill decodes and then validates; a value that could not be read is not judged a second time.
func (d document) fill(into any, validate func() error) error {
	faults := d.decode(into)
	if len(faults) == 0 {
		faults = d.place(validate())
	}
	if len(faults) > 0 {
		return faults
	}
	return nil
}

// isSite tells by its keys whether the document declares a site.
func (d document) isSite() bool {
	if len(d.file.Docs) == 0 {
		return false
	}
	m, ok := d.file.Docs[0].Body.(*ast.MappingNode)
	if !ok {
		return false
	}
	for _, e := range m.Values {
		switch e.Key.GetToken().Value {
		case "areas", "cameras", "sensors":
			return true
		}
	}
	return false
}
