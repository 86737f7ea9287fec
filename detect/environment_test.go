package detect

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAWorkerGetsNoSecretOfOurs(t *testing.T) {
	require.Equal(t, []string{"PATH=/bin", "LC_ALL=C", "GOMAXPROCS=2", "OMP_NUM_THREADS=1"},
		environment([]string{"PATH=/bin", "AWS_SECRET_ACCESS_KEY=x", "DB_PASSWORD=y", "LC_ALL=C", "PATHS=z", "GOMAXPROCS=2", "OMP_NUM_THREADS=1", "="}))
	require.NotNil(t, environment(nil), "nil would mean all of ours")
}
