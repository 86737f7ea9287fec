package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/detect/coding"
)

func TestEnergyIsTheSizeAtQuantiserZero(t *testing.T) {
	require.InDelta(t, 10, energy(coding.Reading{Bytes: 1024}), 1e-9)
	require.InDelta(t, 15, energy(coding.Reading{Bytes: 1024, QP: 30}), 1e-9)
}

func TestSpread(t *testing.T) {
	require.Equal(t, [3]float64{}, spread(nil))
	require.Equal(t, [3]float64{1, 5, 9}, spread([]float64{10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}))
}
