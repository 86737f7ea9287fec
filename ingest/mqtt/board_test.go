package mqtt

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhihui/models"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func sensor(id, topic, path string) models.Sensor {
	return models.Sensor{ID: id, Topic: topic, Mapping: models.Mapping{Path: path}, StaleAfter: models.Duration(time.Minute)}
}

func boardOf(sensors ...models.Sensor) *board {
	b := &board{}
	b.apply(sensors, noon)
	b.changes(noon)
	return b
}

// statuses returns what is known of every enabled sensor, sorted by id.
func (b *board) statuses() (all []models.SensorStatus) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.sensors {
		all = append(all, e.status)
	}
	slices.SortFunc(all, byID)
	return all
}

func TestBoardReadsEverySensorOfATopic(t *testing.T) {
	b := boardOf(sensor("t", "weather", "temp"), sensor("h", "weather", "hum"), sensor("x", "weather", "none"))
	readings, bad, known := b.take(message{topic: "weather", payload: []byte(`{"temp":21,"hum":40}`), at: noon})
	require.True(t, known)
	require.Equal(t, 1, bad)
	require.ElementsMatch(t, []models.Reading{
		{Sensor: "t", Value: 21, At: models.At(noon)}, {Sensor: "h", Value: 40, At: models.At(noon)},
	}, readings)
	_, _, known = b.take(message{topic: "elsewhere"})
	require.False(t, known)
	changed := b.changes(noon)
	require.Len(t, changed, 3)
	require.Equal(t, models.SensorOK, changed[0].State)
	require.Equal(t, int64(1), changed[2].BadPayloads)
	require.Equal(t, `no_field: "{\"temp\":21,\"hum\":40}"`, changed[2].LastFault)
	require.Empty(t, b.changes(noon))
}

func TestBoardShowsARefusedSubscription(t *testing.T) {
	b := boardOf(sensor("water", "w", ""))
	b.refused("w")
	b.refused("another")
	require.Equal(t, "topic_refused", b.changes(noon)[0].LastFault)
	b.take(message{topic: "w", payload: []byte("1"), at: noon})
	require.Empty(t, b.changes(noon)[0].LastFault)
}

func TestBoardStates(t *testing.T) {
	never := sensor("never", "n", "")
	never.StaleAfter = 0
	b := boardOf(sensor("water", "w", ""), never)
	state := func(at time.Duration) models.SensorState {
		b.changes(noon.Add(at))
		return b.statuses()[1].State
	}
	require.Equal(t, models.SensorWaiting, state(time.Minute))
	require.Equal(t, models.SensorStale, state(61*time.Second), "it has never been heard of")
	b.take(message{topic: "w", payload: []byte("1"), at: noon.Add(2 * time.Minute)})
	require.Equal(t, models.SensorOK, state(2*time.Minute))
	b.take(message{topic: "w", payload: []byte("bad"), at: noon.Add(3 * time.Minute)})
	require.Equal(t, models.SensorOK, state(3*time.Minute))
	require.Equal(t, models.SensorStale, state(3*time.Minute+time.Second), "a bad payload is no reading")
	require.Equal(t, models.SensorWaiting, b.statuses()[0].State)
}

func TestBoardDoesNotBelieveARepeatedRetainedValue(t *testing.T) {
	b := boardOf(sensor("water", "w", ""))
	take := func(payload string, retained bool, at time.Duration) int {
		readings, bad, _ := b.take(message{topic: "w", payload: []byte(payload), retained: retained, at: noon.Add(at)})
		return len(readings) + 10*bad
	}
	require.Equal(t, 1, take("5", true, 0), "the first of this process")
	require.Equal(t, 0, take("5", true, 2*time.Minute))
	require.Equal(t, models.SensorStale, b.changes(noon.Add(2 * time.Minute))[0].State)
	require.Equal(t, 1, take("6", true, 3*time.Minute), "changed while the connection was away")
	require.Equal(t, 1, take("6", false, 4*time.Minute))
	require.Equal(t, 0, take("", true, 5*time.Minute), "taken back")
	require.Equal(t, 10, take("", false, 5*time.Minute))
}

func TestBoardApply(t *testing.T) {
	water, wind := sensor("water", "w", ""), sensor("wind", "v", "")
	b := boardOf(water, wind)
	b.take(message{topic: "w", payload: []byte("1"), at: noon})
	b.take(message{topic: "v", payload: []byte("1"), at: noon})
	water.Name, water.Revision = "Underpass", 2
	wind.Mapping.Scale = 2
	off, bad := sensor("off", "o", ""), sensor("bad", "b/#", "")
	off.Disabled = true
	b.apply([]models.Sensor{water, wind, off, bad}, noon)
	require.Equal(t, []string{"v", "w"}, sorted(b.wanted()))
	statuses := b.statuses()
	require.Len(t, statuses, 3)
	require.Equal(t, "wildcard_topic", statuses[0].LastFault)
	require.Equal(t, models.SensorOK, statuses[1].State, "a new name changes nothing")
	require.Equal(t, models.SensorWaiting, statuses[2].State, "values by another mapping are other values")
}

func TestTopicFault(t *testing.T) {
	require.Empty(t, topicFault("hean/water/underpass"))
	for _, topic := range []string{"", "a/+/b", "#", "$SYS/x", "a\x00", string(make([]byte, 300))} {
		require.NotEmpty(t, topicFault(topic), topic)
	}
}
