package notify

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestConfigValidate(t *testing.T) {
	good := func() Webhook {
		return Webhook{Name: "duty", URL: "https://duty.example/hook?token=x", Secret: "0123456789abcdef"}
	}
	require.NoError(t, Config{}.Validate())
	require.NoError(t, Config{Webhooks: []Webhook{good()}}.Validate())
	require.Equal(t, 10*time.Second, good().timeout())

	for name, c := range map[string]struct {
		change func(*Webhook)
		field  string
	}{
		"no name":         {func(w *Webhook) { w.Name = "" }, "name"},
		"a name of two":   {func(w *Webhook) { w.Name = "first" }, "name"},
		"no address":      {func(w *Webhook) { w.URL = "" }, "url"},
		"a file":          {func(w *Webhook) { w.URL = "file:///etc/passwd" }, "url"},
		"no host":         {func(w *Webhook) { w.URL = "http:///x" }, "url"},
		"a password":      {func(w *Webhook) { w.URL = "http://u:hunter2@h/" }, "url"},
		"no address, bad": {func(w *Webhook) { w.URL = "http://[::1" }, "url"},
		"a short secret":  {func(w *Webhook) { w.Secret = "hunter2" }, "secret"},
		"too patient":     {func(w *Webhook) { w.Timeout = models.Duration(time.Hour) }, "timeout"},
		"too hasty":       {func(w *Webhook) { w.Timeout = 1 }, "timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			first, w := good(), good()
			first.Name = "first"
			c.change(&w)
			err := Config{Webhooks: []Webhook{first, w}}.Validate()
			var fault *models.Error
			require.ErrorAs(t, err, &fault)
			require.Equal(t, "notify.webhooks[1]."+c.field, fault.Field)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
	require.Error(t, Config{Webhooks: make([]Webhook, 33)}.Validate())
}
