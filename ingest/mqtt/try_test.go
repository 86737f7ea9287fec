package mqtt

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

func TestTry(t *testing.T) {
	half := 0.5
	for name, c := range map[string]struct {
		m       models.Mapping
		payload string
		want    models.MappingTry
	}{
		"a number": {models.Mapping{Scale: 0.5}, "1", models.MappingTry{Value: &half, Paths: []models.MappingPath{{Path: "", Value: 1}}}},
		"a field": {models.Mapping{Path: "d.l"}, `{"d":{"l":0.5,"t":"x"},"b":[true,null,"7"],"a.b":1}`, models.MappingTry{Value: &half,
			Paths: []models.MappingPath{{Path: "b.0", Value: 1}, {Path: "b.2", Value: 7}, {Path: "d.l", Value: 0.5}}}},
		"no path yet": {models.Mapping{}, `{"l":1}`, models.MappingTry{Fault: `not_number: "{\"l\":1}"`, Paths: []models.MappingPath{{Path: "l", Value: 1}}}},
		"no JSON":     {models.Mapping{Path: "l"}, "hello", models.MappingTry{Fault: `not_json: "hello"`, Paths: []models.MappingPath{}}},
		"nothing":     {models.Mapping{}, "", models.MappingTry{Fault: "empty", Paths: []models.MappingPath{}}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, Try(c.m, c.payload)) })
	}
	require.Len(t, Try(models.Mapping{}, "["+strings.Repeat("1,", 500)+"1]").Paths, maxPaths)
}

// Every path that is offered leads to the value that is offered with it.
func FuzzTry(f *testing.F) {
	f.Add(`{"a":{"b":[1,"2",true]},"c.d":4}`)
	f.Add(strings.Repeat("[", 9000))
	f.Add("\xff")
	f.Fuzz(func(t *testing.T, payload string) {
		for _, p := range Try(models.Mapping{}, payload).Paths {
			got := Try(models.Mapping{Path: p.Path}, payload)
			if got.Value == nil && strings.HasPrefix(got.Fault, "not_json") {
				continue // a number or a field in front of something else: what is behind it is not read here
			}
			require.NotNil(t, got.Value, "%q: %s", p.Path, got.Fault)
			require.Equal(t, p.Value, *got.Value)
		}
	})
}

func TestHeardIsBounded(t *testing.T) {
	var h heard
	for i := range maxHeard + 10 {
		h.note(message{topic: "t/" + strconv.Itoa(i), payload: []byte("1"), at: noon})
	}
	all := h.list("")
	require.Len(t, all, maxHeard)
	require.Equal(t, "t/1009", all[0].Topic)
	require.Equal(t, "t/10", all[maxHeard-1].Topic, "who was silent for longest has gone")
	h.note(message{topic: "t/10", payload: []byte(strings.Repeat("\xff", maxSample+1)), at: noon})
	newest := h.list("t/10")[0]
	require.Equal(t, []any{"t/10", int64(2), true, "\uFFFD"}, []any{newest.Topic, newest.Count, newest.Cut, newest.Payload})
	h.note(message{topic: strings.Repeat("x", maxTopic+1), at: noon})
	h.note(message{topic: "huge", large: true, at: noon})
	require.Equal(t, models.HeardTopic{Topic: "huge", Cut: true, At: models.At(noon), Count: 1}, h.list("")[0])
	require.Empty(t, h.list("nothing"))
	known := message{topic: "huge", payload: []byte("123"), at: noon}
	h.note(known)
	require.Zero(t, testing.AllocsPerRun(100, func() { h.note(known) }))
}
