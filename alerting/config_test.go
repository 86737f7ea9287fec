package alerting

import (
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestConfigFromYAML(t *testing.T) {
	c := Default()
	require.NoError(t, yaml.UnmarshalWithOptions([]byte(`
orders:
  - {kinds: [intrusion, crowd], severities: [red], due: 10m, yellow: 0.5}
  - {kinds: [camera_offline], due: 24h}
follow_up:
  kinds: [intrusion]
  severities: []
notify:
  webhooks:
    - {name: duty, url: "https://duty.example/hook", secret: "0123456789abcdef", timeout: 3s}
`), &c, yaml.Strict()))
	require.NoError(t, c.Validate())
	require.Len(t, c.Orders, 2, "a list in the settings takes the place of the default one")
	require.Equal(t, 5*time.Minute, c.Orders[0].yellow())
	require.True(t, c.FollowUp.Required(models.WorkOrder{Kind: models.Intrusion}))
	require.False(t, c.FollowUp.Required(models.WorkOrder{Kind: models.Crowd, Severity: models.Red}))
	require.Equal(t, 3*time.Second, c.Notify.Webhooks[0].Timeout.Std())

	require.Error(t, yaml.UnmarshalWithOptions([]byte("orders: [{due: 10m, colour: red}]"), &c, yaml.Strict()))
	c = Default()
	c.FollowUp.Kinds = []models.EventKind{"flod"}
	require.ErrorContains(t, c.Validate(), "follow_up.kinds[0]")
}
