package models

// HeardTopic is an MQTT topic that was heard, whether a sensor is mapped to it or not.
type HeardTopic struct {
	Topic   string `json:"topic"`
	Sensor  string `json:"sensor"`  // id of the sensor on it, "" = none
	Payload string `json:"payload"` // the newest, cut to 4 KiB, what is no UTF-8 replaced
	Cut     bool   `json:"cut"`
	At      Time   `json:"at"`
	Count   int64  `json:"count"` // since the process started
}

// MappingTry is what a mapping makes of a payload.
type MappingTry struct {
	Value *float64      `json:"value"`
	Fault string        `json:"fault"` // why there is no value, as in SensorStatus.LastFault
	Paths []MappingPath `json:"paths"` // the numbers in the payload and how to reach them, 100 at most
}

// MappingPath is one number in a payload.
type MappingPath struct {
	Path  string  `json:"path"`
	Value float64 `json:"value"`
}
